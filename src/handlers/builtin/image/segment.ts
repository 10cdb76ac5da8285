/** A segmentation model's output for one image → [height, width, 2]: a class for each pixel, and its probability. */
import type { Tensor } from '../../sdk.ts';
import { TensorError, toFloat32 } from '../../tensor-values.ts';
import { sigmoid } from '../common/score-kind.ts';

export interface Scores {
  readonly areLogits: boolean;
  /** Position of the class axis. */
  readonly layout: 'NCHW' | 'NHWC';
}

/**
 * Planes of scores, one for each class; a single plane is the score of class 1 against class 0; integers, or an output
 * without a class axis, are class indices with probability 1.
 */
export function segment(tensor: Tensor, scores: Scores): Tensor {
  const { dtype, shape, data } = tensor;
  const sizes = shape.length === 3 && scores.layout === 'NHWC' ? [shape[2], shape[0], shape[1]] : [...shape];
  if (sizes.length === 2) sizes.unshift(1);
  const [classes = 0, height = 0, width = 0] = sizes;
  const values = toFloat32(dtype, data);
  const answer = new Float32Array(height * width * 2);
  const isMask = shape.length === 2 || (classes === 1 && /int|bool/.test(dtype));
  if (isMask) writeMask(values, answer);
  else if (classes === 1) writeBinary(values, answer, scores);
  else if (classes > 1) writeBest(values, answer, classes, scores);
  else throw new TensorError(`the model's answer of shape [${shape.join(', ')}] has no classes`);
  return { dtype: 'float32', shape: [height, width, 2], data: answer };
}

function writeMask(values: Float32Array, answer: Float32Array): void {
  for (const [pixel, value] of values.entries()) {
    answer[pixel * 2] = value;
    answer[pixel * 2 + 1] = 1;
  }
}

function writeBinary(values: Float32Array, answer: Float32Array, { areLogits }: Scores): void {
  for (const [pixel, value] of values.entries()) {
    const share = areLogits ? sigmoid(value) : value;
    const isOne = share >= 0.5;
    answer[pixel * 2] = isOne ? 1 : 0;
    answer[pixel * 2 + 1] = isOne ? share : 1 - share;
  }
}

function writeBest(values: Float32Array, answer: Float32Array, classes: number, { areLogits, layout }: Scores): void {
  const pixels = answer.length / 2;
  const [pixelStep, classStep] = layout === 'NCHW' ? [1, pixels] : [classes, 1];
  for (let pixel = 0; pixel < pixels; pixel++) {
    const start = pixel * pixelStep;
    let best = 0;
    let most = values[start] ?? NaN;
    for (let index = 1, at = start + classStep; index < classes; index++, at += classStep) {
      const score = values[at] ?? NaN;
      if (score > most) {
        best = index;
        most = score;
      }
    }
    answer[pixel * 2] = best;
    answer[pixel * 2 + 1] = areLogits ? 1 / sumOfExponentials(values, start, classStep, classes, most) : most;
  }
}

/**
 * Relative to the greatest score, so that nothing overflows; the probability of the best class is one over this sum.
 */
function sumOfExponentials(values: Float32Array, start: number, step: number, classes: number, most: number): number {
  let sum = 0;
  for (let index = 0, at = start; index < classes; index++, at += step) sum += Math.exp((values[at] ?? NaN) - most);
  return sum;
}
