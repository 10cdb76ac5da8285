/** A detector's outputs → boxes in pixels of the image that was sent. */

import type { DetectOptions } from '../../../model/config/image-sections.ts';
import { type Fit, placePicture } from '../../image/fit.ts';
import type { Size } from '../../image/transform.ts';
import type { Tensors } from '../../sdk.ts';
import type { DetectorOutputs } from './detector-outputs.ts';
import type { Manner } from './family-defaults.ts';
import { readRaw } from './raw-detections.ts';
import { type Candidate, type Corners, rank, suppress } from './suppress.ts';

export interface DetectPlan {
  readonly outputs: DetectorOutputs;
  readonly options: DetectOptions;
  readonly manner: Manner;
  readonly fit: Fit | undefined;
}

/** TorchServe's. */
const THRESHOLD = 0.5;

/** One image's outputs, with or without a batch axis of one. Sizes turn pixels of the model's input into pixels of the image. */
export function readDetections(
  tensors: Tensors,
  { outputs, options, manner, fit }: DetectPlan,
  sizes: { readonly input: Size; readonly image: Size },
): Candidate[] {
  const found = readCandidates(tensors, outputs, sizes.input, { options, manner });
  const toImage = bringBack(sizes, fit, options);
  const moved = (candidates: readonly Candidate[]) =>
    candidates.map(({ label, score, box }) => ({ label, score, box: toImage(box) }));
  const limit = options.limit ?? Infinity;
  const overlap = options.nms ?? (hasLabels(outputs) ? 'none' : 0.5);
  if (overlap === 'none') return moved((manner.isRanked ? rank(found) : found).slice(0, limit));
  const rivalry = { ...manner, overlap, limit, agnostic: options.agnostic ?? false };
  return manner.classOffset === undefined ? suppress(moved(found), rivalry) : moved(suppress(found, rivalry));
}

const hasLabels = (outputs: DetectorOutputs): boolean =>
  outputs.kind === 'separate' ? outputs.labels !== undefined : outputs.columns.includes('label');

/** What reaches the threshold, with its corners in the model's own unit. */
function readCandidates(
  tensors: Tensors,
  outputs: DetectorOutputs,
  input: Size,
  { options, manner }: Pick<DetectPlan, 'options' | 'manner'>,
): Candidate[] {
  const { count, boxes, classes, scores, labels } = readRaw(tensors, outputs, input, options);
  const { threshold = THRESHOLD, background, multiLabel } = options;
  const format = options.format ?? (isRawYolo(outputs) ? 'cxcywh' : 'xyxy');
  const isEnough = (score: number) => (manner.isAbove ? score > threshold : score >= threshold);
  const found: Candidate[] = [];
  for (let i = 0; i < count; i++) {
    const all = multiLabel === true && labels === undefined;
    const best = all ? 0 : bestClass(scores, i * classes, classes, background);
    for (let at = best; at < (all ? classes : best + 1); at++) {
      const score = scores[i * classes + at] ?? NaN;
      const label = labels === undefined ? at : (labels[i] ?? NaN);
      if (!isEnough(score) || label === background) continue;
      found.push({ label, score, box: readCorners(boxes.subarray(i * 4, i * 4 + 4), format) });
    }
  }
  return found;
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

/** Each step is rounded to float32, the precision the models' own code computes in. */
const { fround } = Math;

function readCorners([a = NaN, b = NaN, c = NaN, d = NaN]: Float32Array, format: DetectOptions['format']): Corners {
  switch (format) {
    case 'yxyx':
      return [b, a, d, c];
    case 'xywh':
      return [a, b, fround(a + c), fround(b + d)];
    case 'cxcywh': {
      const [halfWidth, halfHeight] = [fround(c / 2), fround(d / 2)];
      return [fround(a - halfWidth), fround(b - halfHeight), fround(a + halfWidth), fround(b + halfHeight)];
    }
    default:
      return [a, b, c, d];
  }
}

/** Corners in the model's unit → corners in pixels of the image. */
function bringBack(
  { input, image }: { readonly input: Size; readonly image: Size },
  fit: Fit | undefined,
  { unit = 'pixels', clip = false }: DetectOptions,
): (box: Corners) => Corners {
  const [x, y] = [toImage(unit, 'width'), toImage(unit, 'height')];
  const within = (value: number, size: number) => (clip ? Math.min(Math.max(value, 0), size) : value);
  return ([left, top, right, bottom]) => [
    within(x(left), image.width),
    within(y(top), image.height),
    within(x(right), image.width),
    within(y(bottom), image.height),
  ];

  function toImage(of: typeof unit, side: 'width' | 'height'): (value: number) => number {
    if (of === 'image') return (value) => value;
    const placement = fit && placePicture(image, fit);
    const axis = side === 'width' ? 'x' : 'y';
    if (placement !== undefined) {
      const gain = fround(placement.gain[axis]);
      const offset = fround(placement.offset[axis]);
      const scale = of === 'fractions' ? placement.canvas[side] : 1;
      return (value) => fround(fround(fround(value * scale) - offset) / gain);
    }
    const factor = of === 'fractions' ? image[side] : image[side] / input[side];
    return (value) => fround(value * factor);
  }
}
