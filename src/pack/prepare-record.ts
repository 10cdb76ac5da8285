import type { Compression } from '../archive/plan/write-options.ts';
import type { PlannedFile } from '../archive/structure/types.ts';
import { ToolError } from '../core/errors.ts';
import { packageVersion } from '../core/package-info.ts';
import { type PackRecord, planRecord, RECORD_PATH } from '../model/documents/record.ts';
import { readWeights } from '../weights/index.ts';
import type { TensorFacts } from '../weights/reading/facts.ts';
import type { PackInput, PackPlan } from './plan.ts';

/** The record of this archive, given the files that are in it, with their digests or without. */
export type MakeRecord = (files: Parameters<typeof planRecord>[1]) => PlannedFile;

export interface RecordFacts {
  readonly inputs: readonly PackInput[];
  /** Name of the weights in the archive. */
  readonly serializedFile: string | undefined;
  readonly compression: Compression;
}

/** Everything of the record except the digests. Throws UNSAFE_NAME if a user's file has its name. */
export async function prepareRecord(
  { files }: PackPlan,
  { inputs, serializedFile, compression }: RecordFacts,
): Promise<MakeRecord> {
  const taken = files.find(({ path }) => path === RECORD_PATH);
  if (taken) throw new ToolError('UNSAFE_NAME', { name: RECORD_PATH, reason: 'mar pack writes this file itself' });
  const bundled = inputs.find(isBundled);
  const build = {
    tool: 'ts-model-archiver',
    version: packageVersion(),
    compression,
    ...(bundled && { handlerSource: bundled.origin.replace(/^.*[\\/]/, '') }),
  };
  const serialized = files.find(({ path }) => path === serializedFile);
  const model = serialized && (await describeModel(serialized));
  return (written) => planRecord({ build, ...(model && { model }) }, written);
}

function isBundled({ role, bytes, destination }: PackInput): boolean {
  return role === 'handler' && bytes !== undefined && destination.endsWith('.mjs');
}

async function describeModel(file: PlannedFile): Promise<PackRecord['model']> {
  const source = await file.open();
  try {
    const { facts } = await readWeights(source, file.path);
    if (!facts) return undefined;
    const { format, parameters } = facts;
    const known = { format, ...(parameters !== undefined && { parameters }) };
    if (facts.format !== 'onnx') return known;
    return { ...known, inputs: facts.inputs.map(toSigned), outputs: facts.outputs.map(toSigned) };
  } finally {
    await source.close();
  }
}

function toSigned({ name, dtype, shape }: TensorFacts): { name: string; dtype: string; shape: TensorFacts['shape'] } {
  return { name, dtype, shape };
}
