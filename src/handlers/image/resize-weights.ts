/** How much of each source pixel is in each target pixel: Pillow's filters in fixed point (Pillow, libImaging/Resample.c). */

/** 32 bits less the 8 of a pixel and 2 of headroom. */
export const PRECISION_BITS = 22;

/** The targets `[start, start + count)` of one axis. */
export interface Axis {
  readonly source: number;
  readonly target: number;
  readonly start: number;
  readonly count: number;
  readonly filter: Filter;
}

export type Filter = 'bilinear' | 'bicubic' | 'lanczos';

interface Curve {
  /** Pixels to each side that have a weight, where nothing is shrunk. */
  readonly radius: number;
  /** Weight at a distance of the middle. */
  weight(distance: number): number;
}

const curves: Readonly<Record<Filter, Curve>> = {
  bilinear: { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { radius: 2, weight: bicubic },
  lanczos: { radius: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

export interface Weights {
  /** First source pixel of each target. */
  readonly first: Int32Array;
  /** The first source pixel of all, and one past the last. */
  readonly start: number;
  readonly end: number;
  /** Weights of each target. Where it has fewer source pixels, the last ones are 0. */
  readonly taps: number;
  /** Target by target. */
  readonly values: Int32Array;
}

/** Shrinking widens the curve, so that every source pixel has its say. */
const stretchOf = ({ source, target }: Axis): number => Math.max(source / target, 1);
const supportOf = (axis: Axis): number => curves[axis.filter].radius * stretchOf(axis);

/** No target has more source pixels than this. */
export const maxTaps = (axis: Axis): number => Math.ceil(supportOf(axis)) * 2 + 1;

/** Images of one client have few sizes: their weights are computed once. */
const KEPT = 16;
/** The weights of a long and thin image are too large to keep. */
const MAX_KEPT_VALUES = 65_536;
const kept = new Map<string, Weights>();

/** The number of taps is rounded up to a multiple of `step`. */
export function weightsOf(axis: Axis, step = 1): Weights {
  const key = `${axis.source} ${axis.target} ${axis.start} ${axis.count} ${axis.filter} ${step}`;
  const found = kept.get(key);
  if (found !== undefined) return found;
  const weights = computeWeights(axis, step);
  if (weights.values.length > MAX_KEPT_VALUES) return weights;
  if (kept.size === KEPT) kept.clear();
  kept.set(key, weights);
  return weights;
}

function computeWeights(axis: Axis, step: number): Weights {
  const { source, count } = axis;
  const scale = source / axis.target;
  const support = supportOf(axis);
  const first = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const center = (axis.start + i + 0.5) * scale;
    // C's conversion to int truncates towards zero; both ends are clamped to the source.
    first[i] = Math.max(0, Math.trunc(center - support + 0.5));
    ends[i] = Math.min(source, Math.trunc(center + support + 0.5));
  }
  const longest = ends.reduce((most, end, i) => Math.max(most, end - (first[i] ?? 0)), 0);
  const taps = Math.ceil(longest / step) * step;
  const values = new Int32Array(count * taps);
  const row = new Float64Array(taps);
  for (let i = 0; i < count; i++) {
    const from = first[i] ?? 0;
    const length = (ends[i] ?? 0) - from;
    const sum = fillCurve(row, length, from, axis, (axis.start + i + 0.5) * scale);
    // The division comes before the scaling, as in C: the order decides the last bit.
    for (let x = 0; x < length; x++) {
      const weight = row[x] ?? 0;
      const share = sum === 0 ? weight : weight / sum;
      values[i * taps + x] = Math.trunc((share < 0 ? -0.5 : 0.5) + share * (1 << PRECISION_BITS));
    }
  }
  return { first, start: first[0] ?? 0, end: ends[count - 1] ?? 0, taps, values };
}

/** The curve around `center` at the middle of each source pixel; returns the sum. */
function fillCurve(row: Float64Array, length: number, first: number, axis: Axis, center: number): number {
  const { weight } = curves[axis.filter];
  const step = 1 / stretchOf(axis);
  let sum = 0;
  for (let x = 0; x < length; x++) {
    const value = weight((x + first - center + 0.5) * step);
    row[x] = value;
    sum += value;
  }
  return sum;
}
