import type { DiffOptions } from '../../commands/diff/diff.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { toOptions } from '../program/values.ts';

type Values = Omit<DiffOptions, 'before' | 'after'> & { readonly markdown?: boolean };

const archive = '.mar, .tar.gz, unpacked folder, weights file, or the http(s) URL of one';

export const diffCommand: CommandEntry = {
  name: 'diff',
  summary: 'show what changed between two archives, and whether it breaks clients',
  arguments: [
    { name: 'before', help: archive },
    { name: 'after', help: 'the newer one, of the same forms' },
  ],
  flags: [
    {
      name: 'fail-on',
      value: 'VERDICT',
      choices: ['metadata-only', 'handler-only', 'weights-only', 'compatible', 'breaking'],
      help: 'the least verdict that gives exit code 1 (default: none does)',
    },
    { name: 'markdown', help: 'print a table for a pull request' },
  ],
  examples: [
    {
      command: 'mar diff digits-1.0.mar digits-2.0.mar',
      what: 'what changed, by area, and the version step it calls for',
    },
    { command: 'mar diff https://host/digits.mar digits.mar --fail-on breaking', what: 'a gate for CI' },
    { command: 'mar diff model.safetensors other.safetensors --json', what: 'tensor by tensor, for a script' },
  ],
  async run({ words: [before = '', after = ''], values }, { context, print }) {
    const [{ diff }, { formatDiff }, { formatDiffMarkdown }] = await Promise.all([
      import('../../commands/diff/diff.ts'),
      import('../../ui/reporters/diff/human.ts'),
      import('../../ui/reporters/diff/markdown.ts'),
    ]);
    const { markdown, ...options } = toOptions<Values>(values);
    const result = await diff({ ...options, before, after }, context);
    await print(result, (style) => (markdown ? formatDiffMarkdown(result) : formatDiff(result, style)));
    return result.passed ? exitCodes.done : exitCodes.findings;
  },
};
