import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { refuseErrors } from '../../archive/refuse.ts';
import type { ArchiveFormat } from '../../archive/structure/types.ts';
import { writeArchive } from '../../archive/write.ts';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import { type Finding, findingSchema } from '../../core/finding.ts';
import { formatCreatedOn, formatManifest, MODEL_NAME, manifestSchema } from '../../model/documents/manifest.ts';
import { type PackPlan, planArchive } from '../../pack/plan.ts';
import { parseOptions } from '../parse-options.ts';
import { type ArchiveOptions, archiveOptionsSchema, type ResolvedArchiveOptions } from './archive-options.ts';
import { type CollectedParts, collectParts } from './archive-parts.ts';
import { judgePlan } from './judge-plan.ts';

/** What was written, for people and for `--json`. */
export const archiveResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** The archive, or the folder of `no-archive`, as joined from the options. */
  path: z.string(),
  format: z.enum(['default', 'zip-store', 'tgz', 'no-archive']),
  /** Bytes on disk. */
  size: z.number(),
  manifest: manifestSchema,
  files: z.array(z.object({ path: z.string(), size: z.number(), packedSize: z.number(), method: z.string() })),
  /** What the rules said about the plan before it was written. */
  findings: z.array(findingSchema),
});
export type ArchiveResult = z.infer<typeof archiveResultSchema>;

const extensions = {
  default: '.mar',
  'zip-store': '.mar',
  tgz: '.tar.gz',
  'no-archive': '',
} as const satisfies Record<ArchiveFormat, string>;

/** The job of torch-model-archiver: options → files → plan → findings → one output that appears by one rename. */
export async function archive(options: ArchiveOptions, context: Context): Promise<ArchiveResult> {
  if (!MODEL_NAME.test(options.modelName)) {
    throw new ToolError('INVALID_MODEL_NAME', { name: options.modelName, pattern: MODEL_NAME.source });
  }
  const resolved = parseOptions(archiveOptionsSchema, options, 'archive');
  const target = targetPath(resolved);
  await refuseExisting(target, resolved, context);
  const parts = await collectParts(resolved, context);
  const manifest = buildManifest(resolved, parts, context);
  const plan = planArchive(parts.inputs, manifest);
  reportCollisions(plan, context);
  const findings = await judge(target, plan, resolved, context);
  await ensureFolder(resolved, context);
  const written = await writeArchive({
    target: resolve(context.cwd, target),
    format: resolved.archiveFormat,
    files: plan.files,
    topFolder: resolved.modelName,
    force: resolved.force,
    compression: resolved.compression,
    signal: context.signal,
    onBytes: progressOf(plan, context),
    ...(context.env.SOURCE_DATE_EPOCH === undefined ? {} : { sourceDateEpoch: context.env.SOURCE_DATE_EPOCH }),
  });
  return {
    schemaVersion: 1,
    path: target,
    format: resolved.archiveFormat,
    size: written.size,
    manifest: manifestSchema.parse(JSON.parse(manifest)),
    files: written.members.map(({ path, size, packedSize, method }) => ({ path, size, packedSize, method })),
    findings: [...findings],
  };
}

/** Joined as upstream prints it: not normalised. */
function targetPath({ exportPath, modelName, archiveFormat }: ResolvedArchiveOptions): string {
  const name = modelName + extensions[archiveFormat];
  if (exportPath === undefined) return join('.', name);
  return exportPath.endsWith('/') ? exportPath + name : `${exportPath}/${name}`;
}

async function refuseExisting(
  target: string,
  { exportPath, force }: ResolvedArchiveOptions,
  context: Context,
): Promise<void> {
  const folder = await stat(resolve(context.cwd, exportPath ?? '.')).catch(() => undefined);
  if (folder && !folder.isDirectory()) {
    throw new ToolError('EXPORT_PATH_NOT_FOLDER', { path: exportPath ?? '.' });
  }
  const existing = await stat(resolve(context.cwd, target)).catch(() => undefined);
  if (existing && !force) throw new ToolError('OUTPUT_EXISTS', { path: target });
  if (existing) context.log({ kind: 'warning', message: `Overwriting ${target} ...` });
}

async function ensureFolder({ exportPath }: ResolvedArchiveOptions, context: Context): Promise<void> {
  if (exportPath === undefined) return;
  const folder = resolve(context.cwd, exportPath);
  if (await stat(folder).catch(() => undefined)) return;
  context.log({ kind: 'warning', message: `Export directory (${exportPath}) does not exist. Creating...` });
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new ToolError('FILE_UNWRITABLE', { path: exportPath, reason: String(cause) }, { cause });
  });
}

function buildManifest(options: ResolvedArchiveOptions, parts: CollectedParts, context: Context): string {
  return formatManifest({
    createdOn: formatCreatedOn(context.now(), context.env.SOURCE_DATE_EPOCH),
    runtime: parts.runtime,
    model: {
      modelName: options.modelName,
      handler: parts.handler,
      modelVersion: options.version || undefined,
      ...parts.names,
    },
  });
}

function reportCollisions({ collisions }: PackPlan, context: Context): void {
  for (const { path, kept, lost } of collisions) {
    const message = `${lost.origin} and ${kept.origin} both become ${path} in the archive; ${kept.origin} is kept.`;
    context.log({
      kind: 'warning',
      message,
      hint: 'Rename one of them: files are flattened to the root of the archive.',
    });
  }
}

async function judge(
  target: string,
  plan: PackPlan,
  { validate }: ResolvedArchiveOptions,
  context: Context,
): Promise<readonly Finding[]> {
  if (validate === 'off') return [];
  const findings = await judgePlan(target, plan, 'torchserve');
  if (validate === 'error') refuseErrors(target, findings);
  for (const { severity, message, hint } of findings) {
    if (severity !== 'info') context.log({ kind: 'warning', message, ...(hint === undefined ? {} : { hint }) });
  }
  return findings;
}

/** Bytes of the plan's files read so far. */
export function progressOf({ files }: PackPlan, context: Context): (done: number) => void {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return (done) => context.log({ kind: 'progress', job: 'pack', done, total });
}
