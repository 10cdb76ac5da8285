/** The kernel against Pillow's formula written down plainly; against Pillow itself: recorded.test.ts, and test/interop. */
import { expect, test } from 'vitest';
import type { Pixels } from '../../../src/handlers/image/pixels.ts';
import { resizePillow, type Window } from '../../../src/handlers/image/resize.ts';
import { createRandom, type Random } from '../../support/random.ts';

const HALF = 1 << 21;

function plainAcross({ width, height, channels, data }: Pixels, target: number): Pixels {
  const scale = width / target;
  const support = Math.max(scale, 1);
  const out = new Uint8ClampedArray(target * height * channels);
  for (let i = 0; i < target; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(width, Math.trunc(center + support + 0.5)) - first;
    const raw = Array.from({ length: count }, (_, x) =>
      Math.max(0, 1 - Math.abs((x + first - center + 0.5) * (1 / support))),
    );
    const sum = raw.reduce((all, one) => all + one, 0);
    const weights = raw.map((one) => Math.trunc(0.5 + (one / sum) * (1 << 22)));
    for (let y = 0; y < height; y++)
      for (let c = 0; c < channels; c++) {
        const at = (x: number) => data[(y * width + first + x) * channels + c] as number;
        out[(y * target + i) * channels + c] = weights.reduce((all, weight, x) => all + weight * at(x), HALF) >> 22;
      }
  }
  return { width: target, height, channels, data: new Uint8Array(out.buffer) };
}

/** Down is across with the axes exchanged. */
function turn({ width, height, channels, data }: Pixels): Pixels {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        out[(x * height + y) * channels + c] = data[(y * width + x) * channels + c] as number;
  return { width: height, height: width, channels, data: out };
}

function plainResize(image: Pixels, width: number, height: number): Pixels {
  const across = image.width === width ? image : plainAcross(image, width);
  return image.height === height ? across : turn(plainAcross(turn(across), height));
}

/** Of every second image each pixel is black or white: the sums reach both ends of what the integers hold. */
function noise(width: number, height: number, channels: 1 | 3, random: Random, extreme: boolean): Pixels {
  const value = () => (extreme ? random.pick([0, 255]) : random.int(256));
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, value) };
}

test('resizePillow gives the plain formula’s bytes for any two sizes, gray and colour', () => {
  const random = createRandom(7);
  const side = (most: number) => 1 + random.int(most);
  for (let round = 0; round < 150; round++) {
    const image = noise(side(70), side(70), round % 2 === 0 ? 1 : 3, random, round % 3 === 0);
    const [width, height] = [round % 5 === 0 ? image.width : side(60), round % 7 === 0 ? image.height : side(60)];
    expect(resizePillow(image, width, height), `${image.width} x ${image.height} to ${width} x ${height}`).toEqual(
      plainResize(image, width, height),
    );
  }
});

test.each([
  ['wider than a piece of lines', 60_000, 2],
  ['higher than its longest list of taps', 2, 5_000],
  ['one pixel', 1, 1],
])('resizePillow of an image %s equals the plain formula', (_, width, height) => {
  const image = noise(width, height, 3, createRandom(1), false);
  expect(resizePillow(image, 9, 7)).toEqual(plainResize(image, 9, 7));
});

test('a window of the resized image holds what the whole one has there', () => {
  const random = createRandom(3);
  const image = noise(83, 57, 3, random, false);
  const window: Window = { left: 11, top: 5, width: 30, height: 23 };
  for (const [width, height] of [
    [50, 40],
    [83, 40],
    [50, 57],
    [83, 57],
    [200, 120],
  ] as const) {
    const whole = plainResize(image, width, height);
    const rows = Array.from({ length: window.height }, (_, y) => {
      const from = ((window.top + y) * width + window.left) * 3;
      return Array.from(whole.data.subarray(from, from + window.width * 3));
    });
    expect(Array.from(resizePillow(image, width, height, window).data)).toEqual(rows.flat());
  }
});

test('an image that needs more memory than the kernel keeps is resized in memory of its own', () => {
  const image: Pixels = { width: 4, height: 3, channels: 3, data: new Uint8Array(36).fill(200) };
  const { data } = resizePillow(image, 2_400, 1_600);
  expect(data.length).toBe(2_400 * 1_600 * 3);
  expect(data.every((value) => value === 200)).toBe(true);
});

test('resizing that would take more than a gibibyte is refused as the client’s mistake, before it is tried', () => {
  const image: Pixels = { width: 1, height: 4_000_000, channels: 3, data: new Uint8Array(12_000_000) };
  expect(() => resizePillow(image, 224, 224)).toThrow(
    expect.objectContaining({ name: 'PredictionError', status: 400 }),
  );
  expect(() => resizePillow(image, 224, 224)).toThrow('1 x 4000000 pixels to 224 x 224');
});
