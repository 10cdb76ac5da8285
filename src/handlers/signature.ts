/** What a model takes and gives, read from its ONNX file as data: nothing is loaded or run. */
import { join } from 'node:path';
import { openModelFolder } from '../model/model-folder.ts';
import type { Dtype } from './sdk.ts';
import { readZipMaps } from './zip-map.ts';

/** A dimension is a number, a symbol ("batch"), or null where the file does not say. */
export interface SignatureEntry {
  readonly name: string;
  /** One of the contract's dtypes, unless the model takes what the contract cannot carry. */
  readonly dtype: Dtype | (string & {});
  readonly shape: readonly (number | string | null)[];
  /** The file does not say how many dimensions there are; `shape` is empty then. */
  readonly unranked?: true | undefined;
}

export interface Signature {
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
}

/** The signature of the model in an extracted archive; undefined where its weights are not ONNX or cannot be read as such. */
export async function readSignature(folder: string): Promise<Signature | undefined> {
  const model = await openModelFolder(folder);
  const file = await model.serializedFile();
  if (file === undefined) return undefined;
  const { facts } = await model.weights(file);
  if (facts?.format !== 'onnx') return undefined;
  return { inputs: facts.inputs.map(toEntry), outputs: await readOutputs(facts.outputs, join(folder, file)) };
}

/** As they are answered: what is no tensor is left out, but for the probabilities in a ZipMap. */
async function readOutputs(outputs: readonly SignatureEntry[], path: string): Promise<SignatureEntry[]> {
  if (outputs.every(isTensor)) return outputs.map(toEntry);
  const zipped = await readZipMaps(path);
  return outputs.flatMap((output) => {
    if (isTensor(output)) return [toEntry(output)];
    return zipped.has(output.name) ? [{ name: output.name, dtype: 'float32', shape: [null, null] }] : [];
  });
}

/** Other types are written around that of what they hold: `sequence(float32)`. */
export const isTensor = ({ dtype }: Pick<SignatureEntry, 'dtype'>): boolean => !dtype.includes('(');

const toEntry = ({ name, dtype, shape, unranked }: SignatureEntry): SignatureEntry => ({
  name,
  dtype,
  shape,
  ...(unranked && { unranked }),
});
