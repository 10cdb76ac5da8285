import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { planTree } from '../../archive/plan/plan-tree.ts';
import { WORKFLOW_ENDING } from '../../archive/structure/formats.ts';
import { type Context, createContext } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { toArchiveMode } from '../../core/file-tree.ts';
import type { Finding } from '../../core/finding.ts';
import { formatCreatedOn, MODEL_NAME } from '../../model/documents/manifest.ts';
import {
  createWorkflowManifest,
  type WorkflowManifest,
  workflowManifestSchema,
} from '../../model/documents/workflow-manifest.ts';
import { createFacts } from '../../model/read-facts.ts';
import { collectHandler } from '../../pack/collect-handler.ts';
import { isModuleHandler } from '../../pack/handler-argument.ts';
import { type PackContents, packArchive } from '../../pack/pack-archive.ts';
import type { PackInput } from '../../pack/plan.ts';
import { parseOptions } from '../parse-options.ts';

/** The flags of torch-workflow-archiver in camelCase (contract 1.7). */
export const archiveWorkflowOptionsSchema = z.object({
  workflowName: z.string(),
  specFile: z.string().min(1),
  handler: z.string().min(1).optional(),
  exportPath: z.string().min(1).optional(),
  /** Comma-separated files. */
  extraFiles: z.string().optional(),
  force: z.boolean().default(false),
});
export type ArchiveWorkflowOptions = z.input<typeof archiveWorkflowOptionsSchema>;

export const archiveWorkflowResultSchema = z.object({
  schemaVersion: z.literal(1),
  path: z.string(),
  size: z.number(),
  manifest: workflowManifestSchema,
  files: z.array(z.object({ path: z.string(), size: z.number() })),
});
export type ArchiveWorkflowResult = z.infer<typeof archiveWorkflowResultSchema>;

/** torch-workflow-archiver: packs a workflow specification, its handler and extra files into a `.war`. */
export async function archiveWorkflow(
  options: ArchiveWorkflowOptions,
  context: Context = createContext(),
): Promise<ArchiveWorkflowResult> {
  const resolved = parseOptions(archiveWorkflowOptionsSchema, options, 'archive-workflow');
  const { workflowName, specFile, handler, exportPath = '.', extraFiles, force } = resolved;
  if (!MODEL_NAME.test(workflowName)) {
    throw new ToolError('INVALID_WORKFLOW_NAME', { name: workflowName, pattern: MODEL_NAME.source });
  }
  const output = { folder: exportPath, path: `${exportPath.replace(/\/$/, '')}/${workflowName}${WORKFLOW_ENDING}` };
  const collect = async (): Promise<PackContents<WorkflowManifest>> => {
    const functions = await collectFunctions(handler, context);
    const inputs = [
      ...(await collectList('spec file', specFile, context)),
      ...functions.inputs,
      ...(await collectList('extra file', extraFiles, context)),
    ];
    const createdOn = formatCreatedOn(context.now(), context.env.SOURCE_DATE_EPOCH);
    const names = { workflowName, specFile: basename(specFile), handler: functions.name };
    return { inputs, manifest: createWorkflowManifest({ createdOn, ...names }) };
  };
  const { manifest, files, written } = await packArchive(
    { output, format: 'zip', compression: 'auto', topFolder: workflowName, force, collect },
    {
      output: { existsCode: 'WORKFLOW_OUTPUT_EXISTS', createsFolder: false, warns: true },
      judge: async (plan) => warnOfProblems(planTree(output.path, plan.files), context),
    },
    context,
  );
  return {
    schemaVersion: 1,
    path: output.path,
    size: written.size,
    manifest,
    files: files.map(({ path, size }) => ({ path, size })),
  };
}

/** A TypeScript or JavaScript handler is bundled into one module that exports the functions; a Python file is copied. */
async function collectFunctions(
  handler: string | undefined,
  context: Context,
): Promise<{ name: string | undefined; inputs: readonly PackInput[] }> {
  if (handler !== undefined && isModuleHandler(handler)) {
    const { input } = await collectHandler(handler, 'nodejs', context);
    return { name: input?.destination, inputs: input === undefined ? [] : [input] };
  }
  return { name: handler && basename(handler), inputs: await collectList('handler', handler, context) };
}

/** Warns of problems that will refuse the workflow when it is registered; upstream packs it silently. */
async function warnOfProblems(tree: FileTree, { log }: Context): Promise<readonly Finding[]> {
  const { problems } = await createFacts(tree, { kind: 'workflow' }).workflow();
  for (const { message, detail } of problems)
    log({
      kind: 'warning',
      message: `A server will refuse this workflow: ${message}${detail === undefined ? '' : ` (${detail})`}`,
    });
  return [];
}

/** As upstream: comma-separated, regular files only. */
async function collectList(role: string, list: string | undefined, context: Context): Promise<PackInput[]> {
  const inputs: PackInput[] = [];
  for (const path of (list ?? '').split(',').filter((piece) => piece !== '')) {
    const absolute = resolve(context.cwd, path);
    const found = await stat(absolute).catch(() => undefined);
    if (!found) throw new ToolError('FILE_NOT_FOUND', { what: role, path });
    if (!found.isFile()) throw new ToolError('NOT_A_FILE', { what: role, path, found: 'folder' });
    const { size, mode } = found;
    inputs.push({ role, destination: basename(path), origin: path, absolute, size, mode: toArchiveMode(mode) });
  }
  return inputs;
}
