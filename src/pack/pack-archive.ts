import { resolve } from 'node:path';
import type { Compression, WrittenArchive } from '../archive/plan/write-options.ts';
import type { WrittenFormat } from '../archive/structure/formats.ts';
import type { PlannedFile } from '../archive/structure/types.ts';
import { writeArchive } from '../archive/write.ts';
import type { Context } from '../core/context.ts';
import type { Finding, Severity } from '../core/finding.ts';
import type { Manifest } from '../model/documents/manifest.ts';
import type { WorkflowManifest } from '../model/documents/workflow-manifest.ts';
import { checkOutput, ensureFolder, type OutputPolicy, type PackOutput } from './output.ts';
import { type PackInput, type PackPlan, planArchive } from './plan.ts';
import type { MakeRecord } from './prepare-record.ts';

type AnyManifest = Manifest | WorkflowManifest;

/** The content of an archive; the manifest stays data until it is written. */
export interface PackContents<M extends AnyManifest> {
  readonly inputs: readonly PackInput[];
  readonly manifest: M;
}

/** One archive to be written. */
export interface PackJob<M extends AnyManifest> {
  readonly output: PackOutput;
  readonly format: WrittenFormat;
  readonly compression: Compression;
  /** Top folder of a tar. */
  readonly topFolder: string;
  readonly force: boolean;
  readonly collect: () => Promise<PackContents<M>>;
}

/** The differences between the commands that pack. */
export interface PackPolicy<M extends AnyManifest> {
  readonly output: OutputPolicy;
  /**
   * Returns the findings about the plan, with their severity; throws ARCHIVE_REFUSED for a plan that must not be
   * written.
   */
  readonly judge: (plan: PackPlan) => Promise<readonly Finding[]>;
  /** Makes the last file, from the digests of the others. */
  readonly record?: (plan: PackPlan, contents: PackContents<M>) => Promise<MakeRecord>;
}

export interface PlannedArchive<M extends AnyManifest> {
  readonly manifest: M;
  readonly findings: readonly Finding[];
  /** Every file of the archive, including the record. */
  readonly files: readonly PlannedFile[];
}

export interface PackedArchive<M extends AnyManifest> extends PlannedArchive<M> {
  readonly written: WrittenArchive;
}

/** The one packer: inputs → plan → findings → one archive that appears by one rename. */
export async function packArchive<M extends AnyManifest>(
  job: PackJob<M>,
  policy: PackPolicy<M>,
  context: Context,
): Promise<PackedArchive<M>> {
  await checkOutput(job.output, { force: job.force, policy: policy.output }, context);
  const { plan, record, ...planned } = await planPack(job, policy);
  return { ...planned, written: await write(job, policy, plan, record, context) };
}

/** Everything except writing: a dry run. */
export async function planPack<M extends AnyManifest>(job: PackJob<M>, policy: PackPolicy<M>) {
  const contents = await job.collect();
  const plan = planArchive(contents.inputs, contents.manifest);
  const findings = await policy.judge(plan);
  const record = await policy.record?.(plan, contents);
  const files = record ? [...plan.files, record(plan.files)] : plan.files;
  return { manifest: contents.manifest, findings, files, plan, record };
}

async function write<M extends AnyManifest>(
  { output, format, compression, topFolder, force }: PackJob<M>,
  policy: PackPolicy<M>,
  { files }: PackPlan,
  record: MakeRecord | undefined,
  context: Context,
): Promise<WrittenArchive> {
  await ensureFolder(output, policy.output, context);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return writeArchive({
    target: resolve(context.cwd, output.path),
    format,
    files,
    epilogue: record,
    topFolder,
    force,
    compression,
    hash: record !== undefined,
    sourceDateEpoch: context.env.SOURCE_DATE_EPOCH,
    signal: context.signal,
    onBytes: (done) => context.log({ kind: 'progress', job: 'pack', done, total }),
  });
}

export const COLLISION_RULE = 'pack/collision';

/** Two inputs with one name, as findings. */
export function collisionFindings({ collisions }: PackPlan, severity: Severity, hint: string): Finding[] {
  return collisions.map(({ path, kept, lost }) => ({
    rule: COLLISION_RULE,
    severity,
    message: `${lost.origin} and ${kept.origin} both become ${path} in the archive${severity === 'error' ? '' : `; ${kept.origin} is kept`}.`,
    at: { member: path },
    hint,
  }));
}
