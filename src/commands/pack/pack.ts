import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { WrittenArchive } from '../../archive/plan/write-options.ts';
import { refuseErrors } from '../../archive/structure/refuse.ts';
import type { PlannedFile } from '../../archive/structure/types.ts';
import { openFile } from '../../core/byte-source.ts';
import { type Context, createContext } from '../../core/context.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { ToolError } from '../../core/errors.ts';
import { type Finding, findingSchema } from '../../core/finding.ts';
import {
  createManifest,
  formatCreatedOn,
  type Manifest,
  MODEL_NAME,
  manifestSchema,
} from '../../model/documents/manifest.ts';
import { type IsIgnored, readIgnoreRules } from '../../pack/ignore-rules.ts';
import { collectMappedFiles } from '../../pack/mapped-files.ts';
import {
  COLLISION_RULE,
  collisionFindings,
  type PackContents,
  type PackJob,
  type PackPolicy,
  type PlannedArchive,
  packArchive,
  planPack,
} from '../../pack/pack-archive.ts';
import { collectParts } from '../../pack/parts.ts';
import type { PackPlan } from '../../pack/plan.ts';
import { prepareRecord } from '../../pack/prepare-record.ts';
import { findRule } from '../find-rule.ts';
import { hashWithProgress } from '../inspect/digests.ts';
import type { OpenArtefact } from './artefact.ts';
import { chooseOutput } from './choose-output.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { packedAs } from './formats.ts';
import { judgePlan } from './judge-plan.ts';
import type { PackOptions } from './options.ts';
import { mergeOptions, type PackSettings, resolveSettings } from './settings.ts';

/** Field names follow `npm pack --json`. */
export const packResultSchema = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  /** `name@version`. */
  id: z.string(),
  name: z.string(),
  version: z.string(),
  /** Base name of the archive. */
  filename: z.string(),
  /** Also in a dry run. */
  path: z.string(),
  /** Bytes of the archive; absent in a dry run. */
  size: z.number().optional(),
  /** SHA-256 of the archive, hexadecimal; only with `--digest`, not for a folder. */
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
publishedSchemas.add(packResultSchema, { file: 'pack-result', title: 'mar pack --json', io: 'output' });
export type PackResult = z.infer<typeof packResultSchema>;

/** `mar pack`: config and flags → one archive. Stricter than the drop-in, which only warns. */
export async function pack(options: PackOptions, context: Context = createContext()): Promise<PackResult> {
  const loaded = await loadConfig(options.config, context.cwd);
  const merged = mergeOptions(options, loaded, context.cwd);
  if (merged.from === undefined) return packSettings(options, loaded, resolveSettings(merged), undefined, context);
  const { handlerNeeded, openArtefact } = await import('./artefact.ts');
  const artefact = await openArtefact(merged.from, context);
  try {
    if ((merged.handler ?? artefact.handler) === undefined) throw handlerNeeded(artefact);
    return await packSettings(options, loaded, resolveSettings(merged, artefact), artefact, context);
  } finally {
    await artefact.close();
  }
}

async function packSettings(
  options: PackOptions,
  loaded: LoadedConfig,
  settings: PackSettings,
  artefact: OpenArtefact | undefined,
  context: Context,
): Promise<PackResult> {
  const { modelName, compression } = settings;
  if (!MODEL_NAME.test(modelName)) {
    throw new ToolError('INVALID_MODEL_NAME', { name: modelName, pattern: MODEL_NAME.source });
  }
  for (const rule of settings.allow) if (rule !== COLLISION_RULE) findRule(rule, 'allow');
  const output = await chooseOutput(settings, context);
  const job: PackJob<Manifest> = {
    output,
    format: packedAs[output.format],
    compression,
    topFolder: modelName,
    force: options.force ?? false,
    collect: () => collect(settings, loaded.folder, artefact, context),
  };
  const policy: PackPolicy<Manifest> = {
    output: { existsCode: 'OUTPUT_EXISTS', createsFolder: true, warns: false },
    judge: (plan) => judge(output.path, plan, settings),
    record: (plan, { inputs, manifest }) =>
      prepareRecord(plan, { inputs, serializedFile: manifest.model?.serializedFile, compression }),
  };
  if (options.dryRun) return describePack(output.path, settings, await planPack(job, policy));
  const packed = await packArchive(job, policy, context);
  const isHashed = options.digest && output.format !== 'folder';
  const sha256 = isHashed ? await hashOutput(output.path, context) : undefined;
  return describePack(output.path, settings, packed, packed.written, sha256);
}

async function collect(
  settings: PackSettings,
  folder: string,
  artefact: OpenArtefact | undefined,
  context: Context,
): Promise<PackContents<Manifest>> {
  const { modelName, version, runtime } = settings;
  const isIgnored = await readIgnoreRules(folder, settings.ignore);
  const parts = await collectParts(
    {
      ...settings,
      roles: { weights: 'weights file', modelConfig: 'model config' },
      collectFiles: () => collectMappedFiles(settings.files, context.cwd, isIgnored),
    },
    context,
  );
  const brought = artefact && (await collectBrought(settings, artefact, (member) => isIgnored(join(folder, member))));
  const own = new Set(parts.inputs.map(({ destination }) => destination));
  const inputs = [...(brought?.inputs ?? []).filter(({ destination }) => !own.has(destination)), ...parts.inputs];
  const model = { modelName, handler: parts.handler, modelVersion: version, ...brought?.names, ...parts.names };
  const createdOn = formatCreatedOn(context.now(), context.env.SOURCE_DATE_EPOCH);
  return { inputs, manifest: createManifest({ createdOn, runtime, model }) };
}

/** What comes from the artefact; a file of the user's takes the place of one by its name. */
async function collectBrought(
  { weights, requirements, modelConfig, runtime }: PackSettings,
  { reading, recipe }: OpenArtefact,
  isIgnored: IsIgnored,
) {
  const { collectArtefact } = await import('../../pack/artefact-parts.ts');
  const given = {
    weights: weights.length > 0,
    requirements: requirements !== undefined,
    // The settings of a built-in handler mean nothing to another one.
    modelConfig: modelConfig !== undefined || runtime === 'nodejs',
  };
  return collectArtefact(reading, recipe, given, isIgnored);
}

/** Throws ARCHIVE_REFUSED for errors that are not allowed. */
async function judge(path: string, plan: PackPlan, { allow, target }: PackSettings): Promise<readonly Finding[]> {
  const collisions = collisionFindings(plan, 'error', 'Place one of them elsewhere with src=dest.');
  const findings = applyAllowed([...collisions, ...(await judgePlan(path, plan, target))], allow);
  refuseErrors(path, findings);
  return findings;
}

/** Allowed errors become warnings; other errors get a hint how to allow them. */
function applyAllowed(findings: readonly Finding[], allow: readonly string[]): Finding[] {
  return findings.map((finding) => {
    if (finding.severity !== 'error') return finding;
    if (allow.includes(finding.rule)) return { ...finding, severity: 'warning' };
    const advice = `If you mean it, pack it with --allow ${finding.rule}`;
    return { ...finding, hint: finding.hint ? `${finding.hint} ${advice}` : advice };
  });
}

async function hashOutput(target: string, context: Context): Promise<string> {
  return hashWithProgress(await openFile(resolve(context.cwd, target), 'archive'), context);
}

function describePack(
  path: string,
  { modelName, version }: PackSettings,
  { manifest, findings, files: planned }: PlannedArchive<Manifest>,
  written?: WrittenArchive,
  sha256?: string,
): PackResult {
  const files = describeFiles(planned, written);
  return {
    schemaVersion: 1,
    dryRun: written === undefined,
    id: `${modelName}@${version}`,
    name: modelName,
    version,
    filename: basename(path),
    path,
    ...(written && { size: written.size }),
    ...(sha256 !== undefined && { sha256 }),
    unpackedSize: files.reduce((sum, file) => sum + file.size, 0),
    entryCount: files.length,
    files,
    manifest,
    findings: [...findings],
  };
}

function describeFiles(planned: readonly PlannedFile[], written: WrittenArchive | undefined): PackResult['files'] {
  const members = new Map(written?.members.map((member) => [member.path, member]));
  return planned.map(({ path, size, mode }) => {
    const { packedSize, sha256 } = members.get(path) ?? {};
    return { path, size, mode, ...(packedSize !== undefined && { packedSize }), ...(sha256 && { sha256 }) };
  });
}
