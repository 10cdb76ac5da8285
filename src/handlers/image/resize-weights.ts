/** How much of each source pixel is in each target pixel: Pillow's triangle filter in fixed point (Pillow, libImaging/Resample.c). */

/** 32 bits less the 8 of a pixel and 2 of headroom. */
export const PRECISION_BITS = 22;

/** The targets `[start, start + count)` of one axis. */
export interface Axis {
  readonly source: number;
  readonly target: number;
  readonly start: number;
  readonly count: number;
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

/** Enlarging uses the plain triangle of radius 1; shrinking widens it, so that every source pixel has its say. */
const supportOf = ({ source, target }: Axis): number => Math.max(source / target, 1);

/** No target has more source pixels than this. */
export const maxTaps = (axis: Axis): number => Math.ceil(supportOf(axis)) * 2 + 1;

/** Pictures of one client have few sizes: what they need is computed once. */
const KEPT = 16;
/** Those of a long and thin picture are too many to keep. */
const MAX_KEPT_VALUES = 65_536;
const kept = new Map<string, Weights>();

/** The number of taps is rounded up to a multiple of `step`. */
export function weightsOf(axis: Axis, step = 1): Weights {
  const key = `${axis.source} ${axis.target} ${axis.start} ${axis.count} ${step}`;
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
    const sum = fillTriangle(row, length, from, (axis.start + i + 0.5) * scale, 1 / support);
    // The division comes before the scaling, as in C: the order decides the last bit.
    for (let x = 0; x < length; x++) {
      const weight = row[x] ?? 0;
      const share = sum === 0 ? weight : weight / sum;
      values[i * taps + x] = Math.trunc(0.5 + share * (1 << PRECISION_BITS));
    }
  }
  return { first, start: first[0] ?? 0, end: ends[count - 1] ?? 0, taps, values };
}

/** The triangle around `center` at the middle of each source pixel; returns the sum. */
function fillTriangle(row: Float64Array, length: number, first: number, center: number, step: number): number {
  let sum = 0;
  for (let x = 0; x < length; x++) {
    const weight = Math.max(0, 1 - Math.abs((x + first - center + 0.5) * step));
    row[x] = weight;
    sum += weight;
  }
  return sum;
}
