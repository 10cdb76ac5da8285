/** A detector's outputs → boxes in pixels of the image that was sent. */

import type { DetectOptions } from '../../../model/config/handler-keys.ts';
import type { Size } from '../../image/transform.ts';
import type { Tensors } from '../../sdk.ts';
import type { DetectorOutputs } from './detector-outputs.ts';
import { readRaw } from './raw-detections.ts';

export interface Detection {
  readonly label: number;
  readonly score: number;
  /** Left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
}

/** One image's outputs, with or without a batch axis of one. Sizes turn pixels of the model's input into pixels of the image. */
export function readDetections(
  outputs: Tensors,
  names: DetectorOutputs,
  sizes: { readonly input: Size; readonly image: Size },
  options: DetectOptions,
): Detection[] {
  const { count, boxes, classes, scores, labels } = readRaw(outputs, names, options);
  const format = options.format ?? (isRawYolo(names) ? 'cxcywh' : 'xyxy');
  const unit = unitOf(sizes, options);
  const found: Detection[] = [];
  for (let i = 0; i < count; i++) {
    const best = bestClass(scores, i * classes, classes, options.background);
    const score = scores[i * classes + best] ?? NaN;
    const label = labels === undefined ? best : (labels[i] ?? NaN);
    if (!(score >= options.threshold) || label === options.background) continue;
    found.push({ label, score, box: toCorners(boxes.subarray(i * 4, i * 4 + 4), unit, format) });
  }
  const overlap = options.nms ?? (labels === undefined ? 0.5 : 'none');
  const kept = overlap === 'none' ? found : suppress(found, overlap);
  return options.limit === undefined ? kept : kept.slice(0, options.limit);
}

/** Candidates as the YOLO family gives them, before any are chosen. */
const isRawYolo = (names: DetectorOutputs): boolean => names.kind === 'combined' && names.columns.includes('classes');

function bestClass(scores: Float32Array, start: number, count: number, background: number | undefined): number {
  let best = background === 0 && count > 1 ? 1 : 0;
  let most = scores[start + best] ?? NaN;
  for (let at = best + 1; at < count; at++) {
    const score = scores[start + at] ?? NaN;
    if (at === background || !(score > most)) continue;
    best = at;
    most = score;
  }
  return best;
}

type BoxFormat = NonNullable<DetectOptions['format']>;

interface Unit {
  readonly x: number;
  readonly y: number;
}

function unitOf({ input, image }: { readonly input: Size; readonly image: Size }, { unit }: DetectOptions): Unit {
  if (unit === 'fractions') return { x: image.width, y: image.height };
  return { x: image.width / input.width, y: image.height / input.height };
}

/** Rounded to float32, the precision the model answered in. */
function toCorners(box: Float32Array, { x, y }: Unit, format: BoxFormat): Detection['box'] {
  const [a = NaN, b = NaN, c = NaN, d = NaN] = box;
  const [left, top, right, bottom] = readCorners(a, b, c, d, format);
  const { fround } = Math;
  return [fround(left * x), fround(top * y), fround(right * x), fround(bottom * y)];
}

function readCorners(a: number, b: number, c: number, d: number, format: BoxFormat): Detection['box'] {
  switch (format) {
    case 'xyxy':
      return [a, b, c, d];
    case 'yxyx':
      return [b, a, d, c];
    case 'xywh':
      return [a, b, a + c, b + d];
    case 'cxcywh':
      return [a - c / 2, b - d / 2, a + c / 2, b + d / 2];
  }
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
