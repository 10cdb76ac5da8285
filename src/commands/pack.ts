import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { writeArchive } from '../core/archive/write.ts';
import type { WrittenArchive } from '../core/archive/write-options.ts';
import { openFile } from '../core/byte-source.ts';
import type { Context } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';
import { type Finding, findingSchema } from '../core/finding.ts';
import { formatCreatedOn, formatManifest, MODEL_NAME, manifestSchema } from '../core/manifest.ts';
import { type PackPlan, planArchive } from '../core/pack/plan.ts';
import { progressOf } from './archive.ts';
import { archiveForms } from './archive-forms.ts';
import type { CollectedParts } from './archive-parts.ts';
import { hashSource } from './inspect-digests.ts';
import { judgePlan, refuseErrors } from './judge-plan.ts';
import { loadConfig } from './pack-config.ts';
import type { PackOptions } from './pack-options.ts';
import { collectPackParts, type PackSettings, resolveSettings } from './pack-parts.ts';

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
  /** SHA-256 of the archive, hexadecimal; absent in a dry run and for a folder. */
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
  const findings = applyAllowed([...collisionFindings(plan), ...(await judgePlan(target, plan))], settings.allow);
  refuseErrors(target, findings);
  const written = options.dryRun ? undefined : await write(target, plan, settings, options.force ?? false, context);
  const result = describePack(target, settings, plan, manifest, findings, written);
  if (written === undefined || settings.format === 'folder') return result;
  return { ...result, sha256: await hashSource(await openFile(resolve(context.cwd, target), 'archive'), context) };
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
    topFolder: modelName,
    force,
    compression,
    hash: true,
    signal: context.signal,
    onBytes: progressOf(plan, context),
    ...(context.env.SOURCE_DATE_EPOCH === undefined ? {} : { sourceDateEpoch: context.env.SOURCE_DATE_EPOCH }),
  });
}

function describePack(
  target: string,
  { modelName, version, format }: PackSettings,
  plan: PackPlan,
  manifest: string,
  findings: readonly Finding[],
  written: WrittenArchive | undefined,
): PackResult {
  const members = new Map(written?.members.map((member) => [member.path as string, member]));
  return {
    schemaVersion: 1,
    dryRun: written === undefined,
    id: `${modelName}@${version}`,
    name: modelName,
    version,
    filename: modelName + archiveForms[format].extension,
    path: target,
    ...(written && { size: written.size }),
    unpackedSize: plan.files.reduce((sum, { size }) => sum + size, 0),
    entryCount: plan.files.length,
    files: plan.files.map(({ path, size, mode }) => {
      const member = members.get(path);
      return {
        path,
        size,
        mode,
        ...(member && { packedSize: member.packedSize }),
        ...(member?.sha256 && { sha256: member.sha256 }),
      };
    }),
    manifest: manifestSchema.parse(JSON.parse(manifest)),
    findings: [...findings],
  };
}
