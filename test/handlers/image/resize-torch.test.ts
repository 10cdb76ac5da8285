import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { planImages } from '../../../src/handlers/builtin/image/image-plan.ts';
import type { TorchFilter } from '../../../src/handlers/image/resize-torch.ts';
import { resizerOf } from '../../../src/handlers/image/transform.ts';

interface Recorded {
  readonly sizes: readonly [number, number, number, number];
  readonly filter: TorchFilter;
  /** In base64. */
  readonly pixels: string;
}

/** Answers of torchvision itself; make_resized.py records them. */
const file = join(packageRoot, 'test', 'fixtures', 'torch-resize', 'resized.json');
const { resized } = JSON.parse(readFileSync(file, 'utf8')) as { resized: Recorded[] };

/** The generator of make_resized.py. */
function noise(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = Number((BigInt(state) * 1_103_515_245n + 12_345n) & 0x7fff_ffffn);
    return (state >> 16) & 255;
  });
}

/** Share of the values that may be half-way. */
const HALF_WAY = 0.002;

test.each(resized)('$filter, $sizes: what torchvision has', ({ sizes, filter, pixels }) => {
  const [width, height, toWidth, toHeight] = sizes;
  const image = { width, height, channels: 3, data: noise(width * height * 3) } as const;
  const { data } = resizerOf({ interpolation: filter, antialias: false })(image, toWidth, toHeight);
  const others = Buffer.from(pixels, 'base64');
  expect(data.length).toBe(others.length);
  const steps = Array.from(data, (value, at) => Math.abs(value - (others[at] ?? NaN))).filter((step) => step > 0);
  // Values half-way between two fall to either side as torch was compiled.
  expect(steps.filter((step) => step !== 1)).toEqual([]);
  expect(steps.length).toBeLessThanOrEqual(data.length * HALF_WAY);
});

test('lanczos and OpenCV have no form without antialias', () => {
  const spec = { name: 'image', dtype: 'float32', shape: [null, 3, null, null] } as const;
  expect(() => planImages(spec, { antialias: false, interpolation: 'lanczos' })).toThrow(/antialias: false is torch's/);
});
