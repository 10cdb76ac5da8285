import type { ModelFacts } from '../../model/facts.ts';
import { isOnnxName } from '../../weights/onnx-name.ts';
import type { Dtype, TensorSpec } from '../sdk.ts';
import { isTensor, type SignatureEntry } from '../signature.ts';
import type { LoadFacts } from './common/require-model.ts';

/**
 * The facts a built-in handler would load from an archive, with a model that cannot be run. Undefined if the weights
 * are not ONNX, or weights, manifest or configuration cannot be read.
 */
export async function readLoadFacts(facts: ModelFacts): Promise<LoadFacts | undefined> {
  const manifest = await facts.manifest();
  const config = await facts.config();
  const file = await facts.serializedFile();
  if (manifest.kind !== 'ok' || (config !== undefined && config.kind !== 'ok')) return undefined;
  if (!isOnnxName(file) || !(await facts.tree.has(file))) return undefined;
  const { facts: weights } = await facts.weights(file);
  if (weights?.format !== 'onnx' || !weights.inputs.every(isTensor)) return undefined;
  return {
    manifest: manifest.manifest,
    modelConfig: config?.values ?? {},
    metadata: weights.metadata,
    model: {
      inputs: weights.inputs.map(toSpec),
      outputs: weights.outputs.filter(isTensor).map(toSpec),
      run: () => Promise.reject(new TypeError('Nothing of an archive is run outside a worker.')),
    },
  };
}

/** A symbol is a free size. Types outside the contract keep their name, which no handler accepts. */
function toSpec({ name, dtype, shape, unranked }: SignatureEntry): TensorSpec {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : null));
  return { name, dtype: dtype as Dtype, shape: sizes, ...(unranked && { unranked }) };
}
