/** torchvision's Resize, CenterCrop, ToTensor and Normalize as one planned step (contract 6.3). */
import type { Interpolation } from '../../model/config/image-sections.ts';
import { roundHalfEven } from '../tensor-values.ts';
import { imageKernel } from './kernel.ts';
import type { Pixels } from './pixels.ts';
import { cut, resizeNearest, resizePillow, type Window } from './resize.ts';
import { resizeOpenCv } from './resize-opencv.ts';
import { resizeTorch } from './resize-torch.ts';

export interface Size {
  readonly height: number;
  readonly width: number;
}

export interface Geometry {
  /** Short side in pixels, or an exact size; undefined keeps the size. */
  readonly resize: number | Size | undefined;
  /** Cropped from the middle; missing pixels are black. Undefined keeps everything. */
  readonly crop: Size | undefined;
  /** Pillow's bilinear where nothing is said. */
  readonly interpolation?: Interpolation | undefined;
  /** Pillow's way where nothing is said; without it, torch's. */
  readonly antialias?: boolean | undefined;
  /** Most pixels of the long side, where `resize` says the short one. */
  readonly longest?: number | undefined;
}

/** Sides after `Resize(short)`: the long side is cut to an integer, not rounded (torchvision, _compute_resized_output_size). */
export function resizedSize({ width, height }: Size, resize: Geometry['resize'], longest?: number): Size {
  if (resize === undefined) return { width, height };
  if (typeof resize !== 'number') return resize;
  if (longest !== undefined) return boundedSize({ width, height }, resize, longest);
  if (width <= height) return { width: resize, height: Math.max(1, Math.trunc((resize * height) / width)) };
  return { width: Math.max(1, Math.trunc((resize * width) / height)), height: resize };
}

/** Hugging Face's get_size_with_aspect_ratio: the short side is as long as the bound on the long one allows. */
function boundedSize({ width, height }: Size, short: number, longest: number): Size {
  const [least, most] = [Math.min(width, height), Math.max(width, height)];
  const exact = (most / least) * short > longest ? (longest * least) / most : undefined;
  const side = exact === undefined ? short : Math.max(1, roundHalfEven(exact));
  if (least === side) return { width, height };
  const other = Math.max(1, Math.trunc(((exact ?? side) * most) / least));
  return width < height ? { width: side, height: other } : { width: other, height: side };
}

type Resize = (image: Pixels, width: number, height: number, window?: Window) => Pixels;

export function resizerOf({
  interpolation = 'bilinear',
  antialias = true,
}: Pick<Geometry, 'interpolation' | 'antialias'>): Resize {
  if (interpolation === 'opencv') return windowed(resizeOpenCv);
  if (interpolation === 'nearest') return resizeNearest;
  if (!antialias && interpolation !== 'lanczos')
    return windowed((image, width, height) => resizeTorch(image, width, height, interpolation));
  return (image, width, height, window) => resizePillow(image, width, height, window, interpolation);
}

const windowed =
  (resize: Resize): Resize =>
  (image, width, height, window) => {
    const resized = resize(image, width, height);
    return window === undefined ? resized : cut(resized, window);
  };

export function shapeImage(image: Pixels, geometry: Geometry): Pixels {
  const { resize, crop, longest } = geometry;
  const size = resizedSize(image, resize, longest);
  const change = resizerOf(geometry);
  if (crop === undefined) return change(image, size.width, size.height);
  const window: Window = {
    left: cropOffset(size.width, crop.width),
    top: cropOffset(size.height, crop.height),
    width: Math.min(size.width, crop.width),
    height: Math.min(size.height, crop.height),
  };
  return pad(change(image, size.width, size.height, window), crop);
}

/** torchvision rounds half-way offsets to even (Python's round). */
function cropOffset(size: number, crop: number): number {
  return size <= crop ? 0 : roundHalfEven((size - crop) / 2);
}

/**
 * Black padding for an image that is smaller than its crop; of an odd difference the larger part goes right and below.
 */
function pad(image: Pixels, { width, height }: Size): Pixels {
  if (image.width === width && image.height === height) return image;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  const left = Math.floor((width - image.width) / 2);
  const top = Math.floor((height - image.height) / 2);
  const line = image.width * channels;
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * line, (y + 1) * line), ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data };
}

export interface Normalisation {
  /** Values to which pixel values 0 and 255 are scaled; [0, 1] is torchvision's ToTensor. */
  readonly range: readonly [number, number];
  /** Per channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * The 256 values a channel can have, as float32. Each operation is rounded to float32 as torch does it, one kernel after
 * another: x / 255, then the range, then - mean, then / std.
 */
export function valueTable({ range: [low, high], mean, std }: Normalisation, channel: number): Float32Array {
  const { fround } = Math;
  const shift = fround(mean[channel] ?? 0);
  const divisor = fround(std[channel] ?? 1);
  return Float32Array.from({ length: 256 }, (_, value) => {
    const ranged =
      low === 0 && high === 255 ? value : fround(fround(fround(value / 255) * fround(high - low)) + fround(low));
    return fround(fround(ranged - shift) / divisor);
  });
}

/** Looks every pixel up in its channel's table and writes it where the layout wants it. `out` holds width x height x channels values. */
export function fillTensor<T extends Float32Array | Uint16Array | Uint8Array>(
  image: Pixels,
  tables: readonly T[],
  layout: 'NCHW' | 'NHWC',
  out: T,
): void {
  // The common case is worth the kernel.
  if (out instanceof Float32Array && layout === 'NCHW' && tables.every((table) => table instanceof Float32Array))
    fillPlanes(image, tables, out);
  else fillAnyhow(image, tables, layout, out);
}

function fillAnyhow<T extends Float32Array | Uint16Array | Uint8Array>(
  { channels, data, width, height }: Pixels,
  tables: readonly T[],
  layout: 'NCHW' | 'NHWC',
  out: T,
): void {
  const [pixelStep, channelStep] = layout === 'NCHW' ? [1, width * height] : [channels, 1];
  for (const [channel, table] of tables.entries()) {
    let to = channel * channelStep;
    for (let from = channel; from < data.length; from += channels, to += pixelStep)
      out[to] = table[data[from] ?? 0] ?? 0;
  }
}

/** Pixels that the kernel looks up at a time: with their values they fit into the processor's cache. */
const PIECE_PIXELS = 16_384;
const TABLE_BYTES = 256 * 4;

function fillPlanes(
  { channels, data, width, height }: Pixels,
  tables: readonly Float32Array[],
  out: Float32Array,
): void {
  const plane = width * height;
  const pixels = channels * TABLE_BYTES;
  const values = pixels + PIECE_PIXELS * channels;
  const kernel = imageKernel(values + PIECE_PIXELS * 4);
  tables.forEach((table, channel) => {
    kernel.floats.set(table, (channel * TABLE_BYTES) / 4);
  });
  for (let start = 0; start < plane; start += PIECE_PIXELS) {
    const count = Math.min(PIECE_PIXELS, plane - start);
    kernel.bytes.set(data.subarray(start * channels, (start + count) * channels), pixels);
    for (let channel = 0; channel < channels; channel++) {
      kernel.lookUp(pixels + channel, pixels + count * channels, channels, channel * TABLE_BYTES, values);
      out.set(kernel.floats.subarray(values / 4, values / 4 + count), channel * plane + start);
    }
  }
}
