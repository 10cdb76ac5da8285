import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { resizeOpenCv } from '../../../src/handlers/image/resize-opencv.ts';

interface Recorded {
  readonly sizes: readonly [number, number, number, number];
  readonly colour: string;
  readonly gray: string;
}

/** Answers of OpenCV itself; make_resized.py records them. */
const file = join(packageRoot, 'test', 'fixtures', 'opencv', 'resized.json');
const { resized } = JSON.parse(readFileSync(file, 'utf8')) as { resized: Recorded[] };

/** The generator of make_resized.py. */
function noise(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = Number((BigInt(state) * 1_103_515_245n + 12_345n) & 0x7fff_ffffn);
    return (state >> 16) & 255;
  });
}

test.each(resized)('$sizes: the bytes that OpenCV has', ({ sizes, colour, gray }) => {
  const [width, height, toWidth, toHeight] = sizes;
  const digest = (channels: 1 | 3) => {
    const image = { width, height, channels, data: noise(width * height * channels) };
    return createHash('sha256')
      .update(resizeOpenCv(image, toWidth, toHeight).data)
      .digest('hex');
  };
  expect({ colour: digest(3), gray: digest(1) }).toEqual({ colour, gray });
});

test('an image of the size that is wanted is left as it is', () => {
  const image = { width: 2, height: 1, channels: 1, data: new Uint8Array([1, 2]) } as const;
  expect(resizeOpenCv(image, 2, 1)).toBe(image);
});
