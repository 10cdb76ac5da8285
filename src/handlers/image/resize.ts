/** Pillow's `Image.resize`, bit for bit: first across, then down, with 8 bits in between (Pillow, libImaging/Resample.c). */
import { PredictionError } from '../sdk.ts';
import { imageKernel, type Kernel, SLACK } from './kernel.ts';
import type { Pixels } from './pixels.ts';
import { type Axis, type Filter, maxTaps, weightsOf } from './resize-weights.ts';

/** Part of the resized image to compute; the rest is skipped. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Rows of the source go to the kernel in blocks of this size, which fit into the processor's cache. */
const PIECE_BYTES = 128 * 1024;
/** Maximum memory for resizing one image. An image one pixel wide and millions high needs more. */
const MAX_BYTES = 1024 ** 3;

/** With Pillow's BILINEAR where no other filter is named. */
export function resizePillow(
  image: Pixels,
  width: number,
  height: number,
  window: Window = { left: 0, top: 0, width, height },
  filter: Filter = 'bilinear',
): Pixels {
  if (image.width === width && image.height === height) return cut(image, window);
  const across: Axis = { source: image.width, target: width, start: window.left, count: window.width, filter };
  const down: Axis = { source: image.height, target: height, start: window.top, count: window.height, filter };
  const areas = layOut(image, across, down);
  const kernel = imageKernel(areas.total);
  const data = resize(kernel, areas, image, across, down);
  return { width: window.width, height: window.height, channels: image.channels, data };
}

/** Offsets in the kernel's memory. */
interface Areas {
  readonly firsts: number;
  readonly weights: number;
  readonly piece: number;
  readonly pieceLines: number;
  /** Rows that are resized across. */
  readonly middle: number;
  readonly out: number;
  readonly total: number;
}

function layOut({ channels, width }: Pixels, across: Axis, down: Axis): Areas {
  const line = across.count * channels;
  const pieceLines = Math.max(1, Math.floor(PIECE_BYTES / (width * channels)));
  // A tap of weight 0 may be after the last pixel or row, and the taps of gray come in fours.
  const taps = maxTaps(across) + 3;
  const lines = Math.ceil((down.count * down.source) / down.target) + maxTaps(down) + 1;
  let total = 0;
  const area = (bytes: number) => {
    const start = total;
    total += Math.ceil((bytes + SLACK) / 16) * 16;
    return start;
  };
  const areas = {
    firsts: area(across.count * 4),
    weights: area(Math.max(across.count * taps, down.count * maxTaps(down)) * 4),
    piece: area((width * pieceLines + taps) * channels),
    middle: area(line * lines),
    out: area(line * down.count),
  };
  if (total <= MAX_BYTES) return { ...areas, pieceLines, total };
  const problem = `to resize ${width} x ${down.source} pixels to ${across.target} x ${down.target}`;
  throw new PredictionError(`The image cannot be resized: ${problem} takes ${total} bytes, at most ${MAX_BYTES}.`, 400);
}

function resize(kernel: Kernel, areas: Areas, image: Pixels, across: Axis, down: Axis): Uint8Array {
  const line = across.count * image.channels;
  if (down.source === down.target) {
    fillMiddle(kernel, areas, image, across, down.start, down.start + down.count);
    return kernel.bytes.slice(areas.middle, areas.middle + line * down.count);
  }
  const { first, start, end, taps, values } = weightsOf(down);
  fillMiddle(kernel, areas, image, across, start, end);
  kernel.integers.set(values, areas.weights / 4);
  for (const [y, firstLine] of first.entries()) {
    const weights = areas.weights + y * taps * 4;
    const to = areas.out + y * line;
    const source = areas.middle + (firstLine - start) * line;
    kernel.down(source, line, weights, weights + taps * 4, to, to + line);
  }
  return kernel.bytes.slice(areas.out, areas.out + line * down.count);
}

/** The source's rows `[from, end)` at their new width. */
function fillMiddle(kernel: Kernel, areas: Areas, image: Pixels, across: Axis, from: number, end: number): void {
  const { channels, data, width } = image;
  if (across.source === across.target) {
    const lines = cut(image, { left: across.start, top: from, width: across.count, height: end - from });
    kernel.bytes.set(lines.data, areas.middle);
    return;
  }
  const { first, taps, values } = weightsOf(across, channels === 3 ? 1 : 4);
  kernel.integers.set(
    first.map((x) => x * channels),
    areas.firsts / 4,
  );
  kernel.integers.set(values, areas.weights / 4);
  const resizeLine = channels === 3 ? kernel.acrossColour : kernel.acrossGray;
  const { firsts, piece, pieceLines, weights } = areas;
  const line = width * channels;
  let to = areas.middle;
  for (let y = from; y < end; y += pieceLines) {
    const lines = data.subarray(y * line, Math.min(y + pieceLines, end) * line);
    kernel.bytes.set(lines, piece);
    for (let at = piece; at < piece + lines.length; at += line, to += across.count * channels)
      resizeLine(at, firsts, firsts + across.count * 4, weights, taps * 4, to);
  }
}

/** Pillow's NEAREST: each step is added to the last, rounding and all. */
export function resizeNearest(image: Pixels, width: number, height: number, window?: Window): Pixels {
  if (image.width === width && image.height === height) return window === undefined ? image : cut(image, window);
  const { channels, data } = image;
  const [columns, lines] = [nearest(image.width, width), nearest(image.height, height)];
  const out = new Uint8Array(width * height * channels);
  let to = 0;
  for (const line of lines)
    for (const column of columns) {
      const from = (line * image.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) out[to++] = data[from + channel] ?? 0;
    }
  const resized = { width, height, channels, data: out };
  return window === undefined ? resized : cut(resized, window);
}

function nearest(source: number, target: number): Int32Array {
  const step = source / target;
  let at = step * 0.5;
  return Int32Array.from({ length: target }, () => {
    const pixel = Math.min(Math.floor(at), source - 1);
    at += step;
    return pixel;
  });
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
