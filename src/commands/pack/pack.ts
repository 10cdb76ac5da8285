import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { WrittenArchive } from '../../archive/plan/write-options.ts';
import { refuseErrors } from '../../archive/refuse.ts';
import type { PlannedFile } from '../../archive/structure/types.ts';
import { writeArchive } from '../../archive/write.ts';
import { openFile } from '../../core/byte-source.ts';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import { type Finding, findingSchema } from '../../core/finding.ts';
import { formatCreatedOn, formatManifest, MODEL_NAME, manifestSchema } from '../../model/documents/manifest.ts';
import { type PackPlan, planArchive } from '../../pack/plan.ts';
import { hashSource } from '../inspect/digests.ts';
import { progressOf } from './archive.ts';
import { archiveForms } from './archive-forms.ts';
import type { CollectedParts } from './archive-parts.ts';
import { loadConfig } from './config.ts';
import { judgePlan } from './judge-plan.ts';
import type { PackOptions } from './options.ts';
import { collectPackParts, type PackSettings, resolveSettings } from './parts.ts';
import { type MakeRecord, prepareRecord } from './record.ts';

/** Field names are those of `npm pack --json` where it has the thing. */
export const packResultSchema = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  /** `name@version`. */
  id: z.string(),
  name: z.string(),
  version: z.string(),
  /** Base name of the archive. */
  filename: z.string(),
  /** Where it is, or would be. */
  path: z.string(),
  /** Bytes of the archive; absent in a dry run. */
  size: z.number().optional(),
  /** SHA-256 of the archive, hexadecimal; with `--digest`, but for a folder. */
  sha256: z.string().optional(),
  unpackedSize: z.number(),
  entryCount: z.number(),
  files: z.array(
    z.object({
      path: z.string(),
      size: z.number(),
      mode: z.number(),
      packedSize: z.number().optional(),
      /** Hexadecimal; absent in a dry run. */
      sha256: z.string().optional(),
    }),
  ),
  manifest: manifestSchema,
  findings: z.array(findingSchema),
});
export type PackResult = z.infer<typeof packResultSchema>;

/** Config and flags → files → plan → findings → (unless it is a dry run) one archive. Strict: what the drop-in warns of stops here. */
export async function pack(options: PackOptions, context: Context): Promise<PackResult> {
  const loaded = await loadConfig(options.config, context.cwd);
  const settings = resolveSettings(options, loaded, context.cwd);
  if (!MODEL_NAME.test(settings.modelName)) {
    throw new ToolError('INVALID_MODEL_NAME', { name: settings.modelName, pattern: MODEL_NAME.source });
  }
  const target = join(settings.output ?? '.', settings.modelName + archiveForms[settings.format].extension);
  const parts = await collectPackParts(settings, loaded.folder, context);
  const manifest = buildManifest(settings, parts, context);
  const plan = planArchive(parts.inputs, manifest);
  const findings = applyAllowed(
    [...collisionFindings(plan), ...(await judgePlan(target, plan, settings.target))],
    settings.allow,
  );
  refuseErrors(target, findings);
  const record = await prepareRecord(plan, parts, settings);
  const written = options.dryRun
    ? undefined
    : await write(target, plan, record, settings, options.force ?? false, context);
  const files = written ? describeWritten(written, plan) : describePlanned([...plan.files, record(plan.files)]);
  const sha256 =
    written && options.digest && settings.format !== 'folder' ? await hashOutput(target, context) : undefined;
  return describePack(target, settings, manifest, findings, { files, size: written?.size, sha256 });
}

function buildManifest(settings: PackSettings, parts: CollectedParts, context: Context): string {
  const { modelName, version } = settings;
  return formatManifest({
    createdOn: formatCreatedOn(context.now(), context.env.SOURCE_DATE_EPOCH),
    runtime: parts.runtime,
    model: { modelName, handler: parts.handler, modelVersion: version, ...parts.names },
  });
}

function collisionFindings({ collisions }: PackPlan): Finding[] {
  return collisions.map(({ path, kept, lost }) => ({
    rule: 'pack/collision',
    severity: 'error',
    message: `${lost.origin} and ${kept.origin} both become ${path} in the archive.`,
    at: { member: path },
    hint: 'Place one of them elsewhere with src=dest.',
  }));
}

/** An allowed rule's errors become warnings; every other error says how to allow it. */
function applyAllowed(findings: readonly Finding[], allow: readonly string[]): Finding[] {
  return findings.map((finding) => {
    if (finding.severity !== 'error') return finding;
    if (allow.includes(finding.rule)) return { ...finding, severity: 'warning' };
    const advice = `If you mean it, pack it with --allow ${finding.rule}`;
    return { ...finding, hint: finding.hint ? `${finding.hint} ${advice}` : advice };
  });
}

async function write(
  target: string,
  plan: PackPlan,
  record: MakeRecord,
  { format, modelName, compression }: PackSettings,
  force: boolean,
  context: Context,
): Promise<WrittenArchive> {
  const absolute = resolve(context.cwd, target);
  if (!force && (await stat(absolute).catch(() => undefined))) throw new ToolError('OUTPUT_EXISTS', { path: target });
  await mkdir(dirname(absolute), { recursive: true }).catch((cause) => {
    throw new ToolError('FILE_UNWRITABLE', { path: dirname(target), reason: String(cause) }, { cause });
  });
  return writeArchive({
    target: absolute,
    format: archiveForms[format].format,
    files: plan.files,
    epilogue: record,
    topFolder: modelName,
    force,
    compression,
    hash: true,
    signal: context.signal,
    onBytes: progressOf(plan, context),
    ...(context.env.SOURCE_DATE_EPOCH === undefined ? {} : { sourceDateEpoch: context.env.SOURCE_DATE_EPOCH }),
  });
}

type DescribedFile = PackResult['files'][number];

function describePlanned(files: readonly PlannedFile[]): DescribedFile[] {
  return files.map(({ path, size, mode }) => ({ path, size, mode }));
}

function describeWritten({ members }: WrittenArchive, plan: PackPlan): DescribedFile[] {
  const modes = new Map(plan.files.map(({ path, mode }) => [path as string, mode]));
  return members.map(({ path, size, packedSize, sha256 }) => {
    return { path, size, mode: modes.get(path) ?? 0o644, packedSize, ...(sha256 && { sha256 }) };
  });
}

async function hashOutput(target: string, context: Context): Promise<string> {
  return hashSource(await openFile(resolve(context.cwd, target), 'archive'), context);
}

function describePack(
  target: string,
  { modelName, version, format }: PackSettings,
  manifest: string,
  findings: readonly Finding[],
  { files, size, sha256 }: { files: DescribedFile[]; size: number | undefined; sha256: string | undefined },
): PackResult {
  return {
    schemaVersion: 1,
    dryRun: size === undefined,
    id: `${modelName}@${version}`,
    name: modelName,
    version,
    filename: modelName + archiveForms[format].extension,
    path: target,
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    unpackedSize: files.reduce((sum, file) => sum + file.size, 0),
    entryCount: files.length,
    files,
    manifest: manifestSchema.parse(JSON.parse(manifest)),
    findings: [...findings],
  };
}
