import type { ArchiveWorkflowOptions } from '../commands/pack/archive-workflow.ts';
import { runDropIn } from './drop-in/drop-in.ts';
import { workflowFlags } from './drop-in/workflow-flags.ts';
import { toOptions } from './program/values.ts';

/** `ts-workflow-archiver`: torch-workflow-archiver's command line. */
export function main(argv: readonly string[]): Promise<void> {
  return runDropIn(argv, {
    program: 'ts-workflow-archiver',
    original: 'torch-workflow-archiver',
    description: 'Packs a workflow specification and its handler into a workflow archive (.war).',
    flags: workflowFlags,
    epilogue: `example:
  ts-workflow-archiver --workflow-name pets --spec-file pets.yaml --handler pets.py --export-path wf_store

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
    async run(values, { context, notice }) {
      const [{ archiveWorkflow }, { formatWorkflow }] = await Promise.all([
        import('../commands/pack/archive-workflow.ts'),
        import('../ui/reporters/archive-human.ts'),
      ]);
      const given = Object.entries(toOptions<ArchiveWorkflowOptions>(values)).filter(([, value]) => value !== '');
      const options = { workflowName: '', specFile: '', ...Object.fromEntries(given) };
      const result = await archiveWorkflow(options, context);
      if (process.stderr.isTTY) notice((style) => formatWorkflow(result, style));
    },
  });
}
