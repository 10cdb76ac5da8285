/** What a model takes and gives, read from its ONNX file as data: nothing is loaded or run. */
import { basename } from 'node:path';
import { openFile } from '../core/byte-source.ts';
import { readWeights } from '../weights/index.ts';
import type { Dtype } from './sdk.ts';

/** A dimension is a number, a symbol ("batch"), or null where the file does not say. */
export interface SignatureEntry {
  readonly name: string;
  /** One of the contract's dtypes, unless the model takes what the contract cannot carry. */
  readonly dtype: Dtype | (string & {});
  readonly shape: readonly (number | string | null)[];
}

export interface Signature {
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
}

/** Undefined for a file that is not ONNX or cannot be read as such. */
export async function readSignature(path: string): Promise<Signature | undefined> {
  const source = await openFile(path);
  try {
    const { facts } = await readWeights(source, basename(path));
    if (facts?.format !== 'onnx') return undefined;
    return { inputs: facts.inputs.map(toEntry), outputs: facts.outputs.map(toEntry) };
  } finally {
    await source.close();
  }
}

const toEntry = ({ name, dtype, shape }: SignatureEntry): SignatureEntry => ({ name, dtype, shape });
