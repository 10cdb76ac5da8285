/** Every image of test/fixtures/images through our decoder and arithmetic, against what Pillow and torchvision made of it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { planImages, toImageTensor } from '../../../src/handlers/builtin/image/image-plan.ts';
import { toMode } from '../../../src/handlers/image/convert.ts';
import { decodeImage } from '../../../src/handlers/image/decode/decode.ts';
import { resizePillow } from '../../../src/handlers/image/resize.ts';

interface Digests {
  readonly RGB: string;
  readonly L: string;
}

interface Expected extends Digests {
  readonly mode: string;
  readonly size: readonly [number, number];
  readonly resized: Readonly<Record<string, Digests>>;
  readonly classifier: string;
}

const folder = join(packageRoot, 'test', 'fixtures', 'images');
const recorded = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  images: Record<string, Expected | { readonly refused: string }>;
};
const images = new Map<string, Expected>();
const refused: string[] = [];
for (const [name, image] of Object.entries(recorded.images)) {
  if ('refused' in image) refused.push(name);
  else images.set(name, image);
}
/** Pillow turns 16-bit gray into mode I and cuts it off at 255 when converting; we take the high byte. docs/migrate-from-torchserve.md. */
const different = new Set(['gray-16.png']);

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const open = (name: string) => decodeImage(readFileSync(join(folder, name)));

const classifier = planImages({ name: 'image', dtype: 'float32', shape: [null, 3, null, null] }, {});

describe.each([...images].filter(([name]) => !different.has(name)))('%s', (name, expected) => {
  test('decodes and converts to Pillow’s pixels', async () => {
    const image = await open(name);
    expect([image.width, image.height]).toEqual(expected.size);
    expect({ RGB: digest(toMode(image, 'RGB').data), L: digest(toMode(image, 'L').data) }).toEqual({
      RGB: expected.RGB,
      L: expected.L,
    });
  });

  test('resizes to Pillow’s pixels', async () => {
    const image = await open(name);
    const ours = Object.keys(expected.resized).map((size) => {
      const [width, height] = size.split('x').map(Number) as [number, number];
      const resize = (mode: 'RGB' | 'L') => digest(resizePillow(toMode(image, mode), width, height).data);
      return [size, { RGB: resize('RGB'), L: resize('L') }];
    });
    expect(Object.fromEntries(ours)).toEqual(expected.resized);
  });

  test('becomes torchvision’s tensor for image_classifier', async () => {
    const { data, shape } = toImageTensor(await open(name), classifier);
    expect(shape).toEqual([3, 224, 224]);
    expect(digest(new Uint8Array((data as Float32Array).buffer))).toBe(expected.classifier);
  });
});

test('16-bit gray keeps the high byte of each pixel', async () => {
  const image = await open('gray-16.png');
  const { data } = toMode(image, 'L');
  // record.py draws pixel i as 109 x i.
  expect(Array.from(data)).toEqual(Array.from({ length: 600 }, (_, i) => (i * 109) >> 8));
});

test.each(refused)('%s, which Pillow refuses, is refused as the client’s mistake', async (name) => {
  await expect(open(name)).rejects.toMatchObject({ name: 'PredictionError', status: 400 });
});

test('the fixtures cover at least twenty images and the modes an upload can have', () => {
  expect(images.size).toBeGreaterThanOrEqual(20);
  expect(refused).toContain('truncated.jpg');
  expect(new Set([...images.values()].map(({ mode }) => mode))).toEqual(
    new Set(['RGB', 'RGBA', 'L', 'LA', 'P', '1', 'I', 'CMYK']),
  );
});
