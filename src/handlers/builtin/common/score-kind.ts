import { join } from 'node:path';
import { openFile } from '../../../core/byte-source.ts';
import { readOutputSources } from '../../../weights/onnx/output-source.ts';
import { type HandlerContext, softmax } from '../../sdk.ts';

/** Operators whose results are already probabilities; another softmax would be wrong. */
const PROBABLE: ReadonlySet<string> = new Set(['Softmax', 'Sigmoid', 'HardSigmoid']);

/**
 * The kind of an output's scores, by the operator that computes them. Log-probabilities count as logits: their softmax
 * is the same.
 */
export async function findScoreKind(context: HandlerContext, output: string): Promise<'logits' | 'probabilities'> {
  const { serializedFile }: { readonly serializedFile?: string } = context.manifest.model ?? {};
  if (serializedFile === undefined) return 'logits';
  const source = await openFile(join(context.modelDir, serializedFile));
  try {
    const operator = (await readOutputSources(source)).get(output)?.operator;
    return operator !== undefined && PROBABLE.has(operator) ? 'probabilities' : 'logits';
  } finally {
    await source.close();
  }
}

/** One item's scores as probabilities of the classes. A single score is that of class 1 against class 0. */
export function toProbabilities(scores: Float32Array, areLogits: boolean): ArrayLike<number> {
  const [first] = scores;
  if (scores.length !== 1 || first === undefined) return areLogits ? softmax(scores) : scores;
  const share = areLogits ? sigmoid(first) : first;
  return [1 - share, share];
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
