/** A detector's outputs in any layout → boxes, each with a score for each class and perhaps a label. */

import type { Column, DetectOptions } from '../../../model/config/image-sections.ts';
import type { Size } from '../../image/transform.ts';
import { softmax, type Tensors } from '../../sdk.ts';
import { TensorError, tensorOf, toFloat32 } from '../../tensor-values.ts';
import { sigmoid } from '../common/score-kind.ts';
import { type CombinedOutput, type DetectorOutputs, placeColumns, type SeparateOutputs } from './detector-outputs.ts';

export interface RawDetections {
  readonly count: number;
  /** Four numbers each. */
  readonly boxes: Float32Array;
  /** Scores of each box: one next to labels, else one for each class. */
  readonly classes: number;
  readonly scores: Float32Array;
  readonly labels: Float32Array | undefined;
}

export function readRaw(
  outputs: Tensors,
  names: DetectorOutputs,
  input: Size,
  { output = 'probabilities', strides = 'none' }: DetectOptions,
): RawDetections {
  const raw = names.kind === 'separate' ? readSeparate(outputs, names) : readCombined(outputs, names);
  if (strides !== 'none') leaveGrid(raw, input, strides);
  return { ...raw, scores: activate(raw, output) };
}

/** Boxes given as steps from a place of a grid, and the logarithm of a size, become pixels (YOLOX, demo_postprocess). */
function leaveGrid({ boxes, count }: RawDetections, { width, height }: Size, strides: readonly number[]): void {
  const { fround } = Math;
  const places = strides.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
  if (places !== count)
    throw new TensorError(`the model answers ${count} boxes; grids of ${strides.join(', ')} pixels have ${places}`);
  let at = 0;
  for (const stride of strides)
    for (let y = 0; y < Math.floor(height / stride); y++)
      for (let x = 0; x < Math.floor(width / stride); x++, at += 4) {
        boxes[at] = fround((boxes[at] ?? NaN) + x) * stride;
        boxes[at + 1] = fround((boxes[at + 1] ?? NaN) + y) * stride;
        boxes[at + 2] = fround(Math.exp(boxes[at + 2] ?? NaN)) * stride;
        boxes[at + 3] = fround(Math.exp(boxes[at + 3] ?? NaN)) * stride;
      }
}

function readSeparate(outputs: Tensors, names: SeparateOutputs): RawDetections {
  const boxes = values(outputs, names.boxes);
  const count = Math.floor(boxes.length / 4);
  const scores = values(outputs, names.scores);
  const classes = names.labels === undefined ? scores.length / count : 1;
  if (count > 0 && (!Number.isInteger(classes) || classes * count !== scores.length)) {
    throw new TensorError(`output "${names.scores}" has ${scores.length} values for ${count} boxes`);
  }
  const labels = names.labels === undefined ? undefined : values(outputs, names.labels);
  return { count, boxes, classes, scores, labels };
}

function values(outputs: Tensors, name: string): Float32Array {
  const { dtype, data } = tensorOf(outputs, name);
  return toFloat32(dtype, data);
}

function readCombined(outputs: Tensors, { name, columns, transposed, known }: CombinedOutput): RawDetections {
  const table = values(outputs, name);
  const [first = 0, second = 0] = tensorOf(outputs, name).shape.slice(-2);
  const [count, width] = transposed ? [second, first] : [first, second];
  const [rowStep, columnStep] = transposed ? [1, count] : [width, 1];
  const places = placeColumns(columns, width, known);
  if (places === undefined) throw new TensorError(`output "${name}" has ${width} columns, not ${columns.join(', ')}`);
  const { starts } = places;
  const take = (column: Column, size: number): Float32Array | undefined => {
    const start = starts.get(column);
    if (start === undefined) return undefined;
    const out = new Float32Array(count * size);
    for (let row = 0, to = 0; row < count; row++)
      for (let at = start; at < start + size; at++) out[to++] = table[row * rowStep + at * columnStep] ?? NaN;
    return out;
  };
  const need = (column: Column, size: number): Float32Array => {
    const values = take(column, size);
    if (values === undefined) throw new TensorError(`output "${name}" has no ${column} among ${columns.join(', ')}`);
    return values;
  };
  const classes = starts.has('classes') ? places.classes : 1;
  // Their schema says that there is a box, and either classes or a score.
  const scores = need(starts.has('classes') ? 'classes' : 'score', classes);
  const objectness = take('objectness', 1);
  if (objectness !== undefined)
    for (let at = 0; at < scores.length; at++) {
      scores[at] = (scores[at] ?? NaN) * (objectness[Math.floor(at / classes)] ?? NaN);
    }
  return { count, boxes: need('box', 4), classes, scores, labels: take('label', 1) };
}

function activate({ classes, scores }: RawDetections, output: NonNullable<DetectOptions['output']>): Float32Array {
  switch (output) {
    case 'probabilities':
      return scores;
    case 'independent':
      return scores.map(sigmoid);
    case 'logits': {
      const shares = new Float32Array(scores.length);
      for (let at = 0; at < scores.length; at += classes) shares.set(softmax(scores.subarray(at, at + classes)), at);
      return shares;
    }
  }
}
