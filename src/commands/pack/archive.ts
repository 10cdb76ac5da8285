import { join } from 'node:path';
import { z } from 'zod';
import { endingOf } from '../../archive/structure/formats.ts';
import { refuseErrors } from '../../archive/structure/refuse.ts';
import { type Context, createContext } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import { type Finding, findingSchema, nameFile } from '../../core/finding.ts';
import {
  createManifest,
  formatCreatedOn,
  type Manifest,
  MODEL_NAME,
  manifestSchema,
} from '../../model/documents/manifest.ts';
import { collectExtraFiles } from '../../pack/extra-files.ts';
import { isModuleHandler } from '../../pack/handler-argument.ts';
import type { PackOutput } from '../../pack/output.ts';
import { collisionFindings, type PackContents, packArchive } from '../../pack/pack-archive.ts';
import { collectParts } from '../../pack/parts.ts';
import type { PackPlan } from '../../pack/plan.ts';
import { parseOptions } from '../parse-options.ts';
import { type ArchiveOptions, archiveOptionsSchema, type ResolvedArchiveOptions } from './archive-options.ts';
import { archivedAs, upstreamFormats } from './formats.ts';
import { judgePlan } from './judge-plan.ts';

/** The written archive. */
export const archiveResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** The archive, or the folder of `no-archive`, as joined from the options. */
  path: z.string(),
  format: z.enum(upstreamFormats),
  /** Bytes on disk. */
  size: z.number(),
  manifest: manifestSchema,
  files: z.array(z.object({ path: z.string(), size: z.number(), packedSize: z.number(), method: z.string() })),
  /** Findings about the plan, before it was written. */
  findings: z.array(findingSchema),
});
export type ArchiveResult = z.infer<typeof archiveResultSchema>;

/** torch-model-archiver: collisions and findings are warnings, and no record is written. */
export async function archive(options: ArchiveOptions, context: Context = createContext()): Promise<ArchiveResult> {
  if (!MODEL_NAME.test(options.modelName)) {
    throw new ToolError('INVALID_MODEL_NAME', { name: options.modelName, pattern: MODEL_NAME.source });
  }
  const resolved = parseOptions(archiveOptionsSchema, options, 'archive');
  const { modelName, archiveFormat, compression, force } = resolved;
  const output = chooseOutput(resolved);
  const { manifest, findings, written } = await packArchive(
    {
      output,
      format: archivedAs[archiveFormat],
      compression: archiveFormat === 'zip-store' ? 'store' : compression,
      topFolder: modelName,
      force,
      collect: () => collect(resolved, context),
    },
    {
      output: { existsCode: 'OUTPUT_EXISTS', createsFolder: true, warns: true },
      judge: (plan) => judge(output.path, plan, resolved, context),
    },
    context,
  );
  return {
    schemaVersion: 1,
    path: output.path,
    format: archiveFormat,
    size: written.size,
    manifest,
    files: written.members.map(({ path, size, packedSize, method }) => ({ path, size, packedSize, method })),
    findings: [...findings],
  };
}

/** Not normalised, as upstream prints it. */
function chooseOutput({ exportPath, modelName, archiveFormat }: ResolvedArchiveOptions): PackOutput {
  const name = modelName + endingOf(archivedAs[archiveFormat]);
  if (exportPath === undefined) return { folder: '.', path: join('.', name) };
  return { folder: exportPath, path: exportPath.endsWith('/') ? exportPath + name : `${exportPath}/${name}` };
}

async function collect(options: ResolvedArchiveOptions, context: Context): Promise<PackContents<Manifest>> {
  const { modelName, serializedFile, modelFile, handler, extraFiles, requirementsFile, configFile, version } = options;
  const runtime = options.runtime ?? (isModuleHandler(handler) ? 'nodejs' : 'python');
  const warn = (message: string) => context.log({ kind: 'warning', message });
  const parts = await collectParts(
    {
      weights: serializedFile === undefined ? [] : [{ from: serializedFile }],
      modelFile,
      handler,
      runtime,
      requirements: requirementsFile,
      modelConfig: configFile,
      target: 'mar',
      roles: { weights: 'serialized file', modelConfig: 'config file' },
      collectFiles: async () => (extraFiles ? collectExtraFiles(extraFiles, context.cwd, warn) : []),
    },
    context,
  );
  const model = { modelName, handler: parts.handler, modelVersion: version || undefined, ...parts.names };
  const createdOn = formatCreatedOn(context.now(), context.env.SOURCE_DATE_EPOCH);
  return { inputs: parts.inputs, manifest: createManifest({ createdOn, runtime, model }) };
}

/** Warns of every finding; with `validate: 'error'` an error refuses. */
async function judge(
  target: string,
  plan: PackPlan,
  { validate }: ResolvedArchiveOptions,
  { log }: Context,
): Promise<readonly Finding[]> {
  const collisions = collisionFindings(plan, 'warning', FLATTENED);
  const judged = validate === 'off' ? [] : await judgePlan(target, plan, 'torchserve');
  const warn = (finding: Finding) => {
    const { hint } = finding;
    log({ kind: 'warning', message: nameFile(finding), ...(hint === undefined ? {} : { hint }) });
  };
  collisions.forEach(warn);
  if (validate === 'error') refuseErrors(target, judged);
  judged.filter(({ severity }) => severity !== 'info').forEach(warn);
  return [...collisions, ...judged];
}

const FLATTENED = 'Rename one of them: files are flattened to the root of the archive.';
