/**
 * torchvision's `resize` of a tensor with `antialias=False`: as many source pixels however much is shrunk, computed in float32 and
 * rounded half to even (torch, aten/src/ATen/native/UpSample.h). The order in which torch adds is its compiler's affair: where a
 * value is half-way between two, it may be the other one. Pictures that Pillow opened are always resized with antialias there.
 */
import { roundHalfEven } from '../tensor-values.ts';
import type { Pixels } from './pixels.ts';

export type TorchFilter = 'bilinear' | 'bicubic';

export function resizeTorch(image: Pixels, width: number, height: number, filter: TorchFilter): Pixels {
  const { channels } = image;
  if (image.width === width && image.height === height) return image;
  const across = tapsOf(image.width, width, filter);
  const down = tapsOf(image.height, height, filter);
  const middle = new Float32Array(image.height * width * channels);
  for (let y = 0, to = 0; y < image.height; y++)
    for (const { pixels, weights } of across)
      for (let channel = 0; channel < channels; channel++, to++) {
        let sum = 0;
        for (const [tap, pixel] of pixels.entries())
          sum += (image.data[(y * image.width + pixel) * channels + channel] ?? 0) * (weights[tap] ?? 0);
        middle[to] = sum;
      }
  const line = width * channels;
  const data = new Uint8Array(height * line);
  for (const [y, { pixels, weights }] of down.entries())
    for (let x = 0; x < line; x++) {
      let sum = 0;
      for (const [tap, pixel] of pixels.entries()) sum += (middle[pixel * line + x] ?? 0) * (weights[tap] ?? 0);
      data[y * line + x] = Math.min(Math.max(roundHalfEven(Math.fround(sum)), 0), 255);
    }
  return { width, height, channels, data };
}

interface Taps {
  readonly pixels: readonly number[];
  readonly weights: readonly number[];
}

const { fround } = Math;

/** Source pixels and their weights for each target pixel; beyond the edge the outermost pixel is repeated. */
function tapsOf(source: number, target: number, filter: TorchFilter): Taps[] {
  const scale = fround(source / target);
  return Array.from({ length: target }, (_, at) => {
    const exact = scale * (at + 0.5) - 0.5;
    const middle = filter === 'bilinear' ? Math.max(exact, 0) : exact;
    const start = Math.floor(middle);
    const part = fround(middle - start);
    const within = (pixel: number) => Math.min(Math.max(pixel, 0), source - 1);
    if (filter === 'bilinear') return { pixels: [within(start), within(start + 1)], weights: [fround(1 - part), part] };
    return { pixels: [-1, 0, 1, 2].map((step) => within(start + step)), weights: cubicWeights(part) };
  });
}

/** torch's cubic convolution. */
const A = -0.75;

function cubicWeights(part: number): number[] {
  const near = (x: number) => fround(((A + 2) * x - (A + 3)) * x * x + 1);
  const far = (x: number) => fround(((A * x - 5 * A) * x + 8 * A) * x - 4 * A);
  return [far(part + 1), near(part), near(1 - part), far(2 - part)];
}
