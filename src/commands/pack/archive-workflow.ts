import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { planTree } from '../../archive/plan/plan-tree.ts';
import { writeArchive } from '../../archive/write.ts';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';
import { formatCreatedOn, MODEL_NAME } from '../../model/documents/manifest.ts';
import { formatWorkflowManifest, workflowManifestSchema } from '../../model/documents/workflow-manifest.ts';
import { createFacts } from '../../model/read-facts.ts';
import { toArchiveMode } from '../../pack/folder-files.ts';
import { isModuleHandler } from '../../pack/handler-argument.ts';
import { type PackInput, planArchive } from '../../pack/plan.ts';
import { parseOptions } from '../parse-options.ts';
import { collectHandler } from './part-files.ts';

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

/** The job of torch-workflow-archiver: a `.war` of a workflow specification, its handler and extra files. */
export async function archiveWorkflow(
  options: ArchiveWorkflowOptions,
  context: Context,
): Promise<ArchiveWorkflowResult> {
  const resolved = parseOptions(archiveWorkflowOptionsSchema, options, 'archive-workflow');
  const { workflowName, specFile, handler, exportPath = '.', extraFiles, force } = resolved;
  if (!MODEL_NAME.test(workflowName)) {
    throw new ToolError('INVALID_WORKFLOW_NAME', { name: workflowName, pattern: MODEL_NAME.source });
  }
  const target = `${exportPath.replace(/\/$/, '')}/${workflowName}.war`;
  await refuseExisting(exportPath, target, force, context);
  const functions = await collectFunctions(handler, context);
  const inputs = [
    ...(await collectList('spec file', specFile, context)),
    ...functions.inputs,
    ...(await collectList('extra file', extraFiles, context)),
  ];
  const manifest = formatWorkflowManifest({
    createdOn: formatCreatedOn(context.now(), context.env.SOURCE_DATE_EPOCH),
    workflowName,
    specFile: basename(specFile),
    handler: functions.name,
  });
  const { files } = planArchive(inputs, manifest, WORKFLOW_MANIFEST_PATH);
  await warnOfProblems(planTree(target, files), context);
  const written = await writeArchive({
    target: resolve(context.cwd, target),
    format: 'default',
    files,
    topFolder: workflowName,
    force,
    compression: 'auto',
    signal: context.signal,
    ...(context.env.SOURCE_DATE_EPOCH === undefined ? {} : { sourceDateEpoch: context.env.SOURCE_DATE_EPOCH }),
  });
  return {
    schemaVersion: 1,
    path: target,
    size: written.size,
    manifest: workflowManifestSchema.parse(JSON.parse(manifest)),
    files: files.map(({ path, size }) => ({ path, size })),
  };
}

async function refuseExisting(exportPath: string, target: string, force: boolean, context: Context): Promise<void> {
  const folder = await stat(resolve(context.cwd, exportPath)).catch(() => undefined);
  // Unlike the model archiver, this one never creates the folder.
  if (!folder?.isDirectory()) throw new ToolError('EXPORT_PATH_NOT_FOLDER', { path: exportPath });
  const existing = await stat(resolve(context.cwd, target)).catch(() => undefined);
  if (existing && !force) throw new ToolError('WORKFLOW_OUTPUT_EXISTS', { path: target });
  if (existing) context.log({ kind: 'warning', message: `Overwriting ${target} ...` });
}

/** A handler in TypeScript or JavaScript becomes one module with the functions as its exports; a Python file stays as it is. */
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

/** Upstream packs anything and refuses it when it is registered; what it will say then is said now. */
async function warnOfProblems(tree: FileTree, { log }: Context): Promise<void> {
  const { problems } = await createFacts(tree, { kind: 'workflow' }).workflow();
  for (const { message, detail } of problems)
    log({
      kind: 'warning',
      message: `A server will refuse this workflow: ${message}${detail === undefined ? '' : ` (${detail})`}`,
    });
}

/** Upstream splits every input at commas, and takes regular files only. */
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
