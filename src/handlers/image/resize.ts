/**
 * Pillow's `Image.resize(size, BILINEAR)`, bit for bit: a triangle filter as wide as the shrink factor, weights in 22-bit
 * fixed point, first across and then down with 8 bits in between (Pillow, libImaging/Resample.c).
 */
import type { Pixels } from './pixels.ts';

/** 32 bits less the 8 of a pixel and 2 of headroom. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);
/** Weights are rounded one by one, so that their sum may pass one by a little: the clamped array is Pillow's clip8. */
const Clipped = Uint8ClampedArray;

/** Part of the resized image that is wanted; the rest is never computed. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Weights of the source pixels of each target pixel, for one axis and for the targets `[start, start + count)`. */
interface Weights {
  /** First source pixel of each target. */
  readonly first: Int32Array;
  /** Source pixels of each target. */
  readonly taps: Int32Array;
  /** Longest list of taps: targets lie that far apart in `values`. */
  readonly stride: number;
  readonly values: Int32Array;
}

export function resizeBilinear(
  image: Pixels,
  width: number,
  height: number,
  window: Window = { left: 0, top: 0, width, height },
): Pixels {
  const { top, left } = window;
  if (image.width === width && image.height === height) return cut(image, window);
  const down = image.height === height ? undefined : computeWeights(image.height, height, top, window.height);
  // Rows of the source that the vertical pass will read.
  const from = down ? (down.first[0] as number) : top;
  const to = down
    ? (down.first[window.height - 1] as number) + (down.taps[window.height - 1] as number)
    : top + window.height;
  const rows: Window = { left: 0, top: from, width: image.width, height: to - from };
  const across =
    image.width === width
      ? cut(image, { ...rows, left, width: window.width })
      : resizeAcross(image, rows, computeWeights(image.width, width, left, window.width), window.width);
  return down ? resizeDown(across, down, from, window.height) : across;
}

function computeWeights(sourceSize: number, targetSize: number, start: number, count: number): Weights {
  const scale = sourceSize / targetSize;
  // Enlarging uses the plain triangle of radius 1; shrinking widens it, so that every source pixel has its say.
  const support = Math.max(scale, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const weights: Weights = {
    first: new Int32Array(count),
    taps: new Int32Array(count),
    stride,
    values: new Int32Array(count * stride),
  };
  const row = new Float64Array(stride);
  for (let i = 0; i < count; i++) {
    const center = (start + i + 0.5) * scale;
    // C's conversion to int truncates towards zero; both ends are clamped to the source.
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(sourceSize, Math.trunc(center + support + 0.5)) - first;
    const sum = fillTriangle(row, taps, first, center, 1 / support);
    weights.first[i] = first;
    weights.taps[i] = taps;
    // The division comes before the scaling, as in C: the order decides the last bit.
    for (let x = 0; x < taps; x++)
      weights.values[i * stride + x] = Math.trunc(
        0.5 + (sum === 0 ? (row[x] as number) : (row[x] as number) / sum) * (1 << PRECISION_BITS),
      );
  }
  return weights;
}

/** The triangle around `center` at the middle of each source pixel; returns the sum. */
function fillTriangle(row: Float64Array, taps: number, first: number, center: number, step: number): number {
  let sum = 0;
  for (let x = 0; x < taps; x++) {
    const weight = Math.max(0, 1 - Math.abs((x + first - center + 0.5) * step));
    row[x] = weight;
    sum += weight;
  }
  return sum;
}

function resizeAcross(image: Pixels, rows: Window, weights: Weights, width: number): Pixels {
  const { channels, data } = image;
  const line = image.width * channels;
  const out = new Clipped(width * rows.height * channels);
  // Three sums in one loop are twice as fast as one loop a channel.
  const resizeLine = channels === 3 ? resizeColourLine : resizeGrayLine;
  for (let y = 0; y < rows.height; y++)
    resizeLine(data, (rows.top + y) * line, weights, width, out, y * width * channels);
  return { width, height: rows.height, channels, data: new Uint8Array(out.buffer) };
}

function resizeGrayLine(
  data: Uint8Array,
  line: number,
  { first, taps, stride, values }: Weights,
  width: number,
  out: Uint8ClampedArray,
  to: number,
): void {
  for (let x = 0; x < width; x++) {
    const end = x * stride + (taps[x] as number);
    let sum = HALF;
    for (let k = x * stride, at = line + (first[x] as number); k < end; k++, at++)
      sum += (data[at] as number) * (values[k] as number);
    out[to + x] = sum >> PRECISION_BITS;
  }
}

function resizeColourLine(
  data: Uint8Array,
  line: number,
  { first, taps, stride, values }: Weights,
  width: number,
  out: Uint8ClampedArray,
  to: number,
): void {
  for (let x = 0; x < width; x++, to += 3) {
    const end = x * stride + (taps[x] as number);
    let at = line + (first[x] as number) * 3;
    let k = x * stride;
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    // Two taps a turn: half the loop's own work.
    for (; k + 1 < end; k += 2, at += 6) {
      const one = values[k] as number;
      const two = values[k + 1] as number;
      red = (red + Math.imul(data[at] as number, one) + Math.imul(data[at + 3] as number, two)) | 0;
      green = (green + Math.imul(data[at + 1] as number, one) + Math.imul(data[at + 4] as number, two)) | 0;
      blue = (blue + Math.imul(data[at + 2] as number, one) + Math.imul(data[at + 5] as number, two)) | 0;
    }
    if (k < end) {
      const one = values[k] as number;
      red = (red + Math.imul(data[at] as number, one)) | 0;
      green = (green + Math.imul(data[at + 1] as number, one)) | 0;
      blue = (blue + Math.imul(data[at + 2] as number, one)) | 0;
    }
    out[to] = red >> PRECISION_BITS;
    out[to + 1] = green >> PRECISION_BITS;
    out[to + 2] = blue >> PRECISION_BITS;
  }
}

/** Row by row, so that the inner loop runs along memory. `origin` is the source row that `image` begins with. */
function resizeDown(image: Pixels, { first, taps, stride, values }: Weights, origin: number, height: number): Pixels {
  const { channels, data, width } = image;
  const line = width * channels;
  const out = new Clipped(line * height);
  const sums = new Int32Array(line);
  for (let y = 0; y < height; y++) {
    const count = taps[y] as number;
    const weights = values.subarray(y * stride, y * stride + count);
    const from = ((first[y] as number) - origin) * line;
    sums.fill(HALF);
    let k = 0;
    for (; k + 3 < count; k += 4) addFourRows(sums, data, from + k * line, weights, k);
    for (; k < count; k++) addRow(sums, data, from + k * line, weights[k] as number);
    for (let x = 0, to = y * line; x < line; x++, to++) out[to] = (sums[x] as number) >> PRECISION_BITS;
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) };
}

function addRow(sums: Int32Array, data: Uint8Array, from: number, weight: number): void {
  for (let x = 0; x < sums.length; x++) sums[x] = (sums[x] as number) + Math.imul(data[from + x] as number, weight);
}

/** The sums are read and written once for four rows. */
function addFourRows(sums: Int32Array, data: Uint8Array, from: number, weights: Int32Array, k: number): void {
  const line = sums.length;
  const [one, two, three, four] = weights.subarray(k, k + 4) as unknown as readonly [number, number, number, number];
  for (let x = 0, a = from; x < line; x++, a++) {
    const b = a + line;
    const c = b + line;
    sums[x] =
      ((sums[x] as number) +
        Math.imul(data[a] as number, one) +
        Math.imul(data[b] as number, two) +
        Math.imul(data[c] as number, three) +
        Math.imul(data[c + line] as number, four)) |
      0;
  }
}

/** A rectangle that lies within the image. */
export function cut(
  { channels, data, width: lineWidth, height: lines }: Pixels,
  { left, top, width, height }: Window,
): Pixels {
  if (left === 0 && top === 0 && width === lineWidth && height === lines) return { width, height, channels, data };
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * lineWidth + left) * channels;
    out.set(data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data: out };
}
