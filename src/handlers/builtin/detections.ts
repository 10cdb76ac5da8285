/** A detector's outputs → boxes in pixels of the image that was sent. */
import { ToolError } from '../../core/errors.ts';
import type { Size } from '../image/transform.ts';
import type { Tensor, TensorSpec, Tensors } from '../sdk.ts';
import { TensorError, toFloat32 } from '../tensor-values.ts';
import type { DetectOptions } from './image-options.ts';

export interface Detection {
  readonly label: number;
  readonly score: number;
  /** Left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
}

/** Names of the outputs that are read. */
export interface DetectorOutputs {
  readonly boxes: string;
  /** A score a box beside labels, a score a class without them. */
  readonly scores: string;
  readonly labels: string | undefined;
}

/** By name, or by what torchvision and the common exports call them; throws CONFIG_INVALID. */
export function findOutputs(outputs: readonly TensorSpec[], options: DetectOptions): DetectorOutputs {
  const named = (key: 'boxes' | 'scores' | 'labels') => {
    const wanted = options[key];
    const found = outputs.find(({ name }) => name === (wanted ?? key));
    if (wanted !== undefined && found === undefined) throw refuse(outputs, `postprocess.${key} is ${wanted}`);
    return found;
  };
  const labels = named('labels');
  const boxes = named('boxes') ?? outputs.find((output) => output !== labels && output.shape.at(-1) === 4);
  if (boxes === undefined) throw refuse(outputs, 'none of the outputs holds four numbers a box');
  const scores = named('scores') ?? outputs.find((output) => output !== boxes && output !== labels);
  if (scores === undefined) throw refuse(outputs, 'no output holds scores');
  return { boxes: boxes.name, scores: scores.name, labels: labels?.name };
}

function refuse(outputs: readonly TensorSpec[], reason: string): ToolError {
  const found = outputs.map(({ name, shape }) => `${name} [${shape.map((size) => size ?? '?').join(', ')}]`).join(', ');
  return new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `${reason}; the model's outputs are ${found}`,
  });
}

/** One image's outputs, with or without a batch axis of one. Sizes turn pixels of the model's input into pixels of the image. */
export function readDetections(
  outputs: Tensors,
  names: DetectorOutputs,
  sizes: { readonly input: Size; readonly image: Size },
  options: DetectOptions,
): Detection[] {
  const boxes = values(outputs, names.boxes);
  const count = Math.floor(boxes.length / 4);
  const scores = values(outputs, names.scores);
  const classes = names.labels === undefined ? scores.length / count : 1;
  if (count > 0 && (!Number.isInteger(classes) || classes * count !== scores.length)) {
    throw new TensorError(`output "${names.scores}" has ${scores.length} values for ${count} boxes`);
  }
  const labels = names.labels === undefined ? undefined : values(outputs, names.labels);
  const unit = unitOf(sizes, options);
  const found: Detection[] = [];
  for (let i = 0; i < count; i++) {
    const best = bestClass(scores, i * classes, classes, options.background);
    const score = scores[i * classes + best] as number;
    const label = labels === undefined ? best : (labels[i] as number);
    if (!(score >= options.threshold) || label === options.background) continue;
    found.push({ label, score, box: toCorners(boxes.subarray(i * 4, i * 4 + 4), unit, options.format) });
  }
  const overlap = options.nms ?? (labels === undefined ? 0.5 : 'none');
  const kept = overlap === 'none' ? found : suppress(found, overlap);
  return options.limit === undefined ? kept : kept.slice(0, options.limit);
}

function values(outputs: Tensors, name: string): Float32Array {
  // The names were found in the model's own signature.
  const { dtype, data } = outputs[name] as Tensor;
  return toFloat32(dtype, data);
}

function bestClass(scores: Float32Array, start: number, count: number, background: number | undefined): number {
  let best = background === 0 && count > 1 ? 1 : 0;
  for (let at = best + 1; at < count; at++) {
    if (at !== background && (scores[start + at] as number) > (scores[start + best] as number)) best = at;
  }
  return best;
}

interface Unit {
  readonly x: number;
  readonly y: number;
}

function unitOf({ input, image }: { readonly input: Size; readonly image: Size }, { unit }: DetectOptions): Unit {
  if (unit === 'fractions') return { x: image.width, y: image.height };
  return { x: image.width / input.width, y: image.height / input.height };
}

/** Rounded to float32, the precision the model answered in. */
function toCorners(box: Float32Array, { x, y }: Unit, format: DetectOptions['format']): Detection['box'] {
  const [a, b, c, d] = box as unknown as readonly [number, number, number, number];
  const corners =
    format === 'xyxy'
      ? [a, b, c, d]
      : format === 'xywh'
        ? [a, b, a + c, b + d]
        : [a - c / 2, b - d / 2, a + c / 2, b + d / 2];
  const [left, top, right, bottom] = corners as [number, number, number, number];
  const { fround } = Math;
  return [fround(left * x), fround(top * y), fround(right * x), fround(bottom * y)];
}

/** Greedy, class by class, best first; what is kept stands best first. */
function suppress(found: readonly Detection[], overlap: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of found.toSorted((a, b) => b.score - a.score)) {
    const isCovered = kept.some(
      ({ label, box }) => label === candidate.label && intersectionOverUnion(box, candidate.box) > overlap,
    );
    if (!isCovered) kept.push(candidate);
  }
  return kept;
}

function intersectionOverUnion(a: Detection['box'], b: Detection['box']): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

const area = ([left, top, right, bottom]: Detection['box']): number => (right - left) * (bottom - top);
