/** Pillow's filters, and the views of timm and torchvision made with them; test/fixtures/pillow/make_resized.py records both. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/core/package-info.ts';
import { planImages, toImageTensor } from '../../../src/handlers/builtin/image/image-plan.ts';
import { decodeImage } from '../../../src/handlers/image/decode/decode.ts';
import { resizerOf } from '../../../src/handlers/image/transform.ts';
import { bytesOf, isNumbers } from '../../../src/handlers/tensor-values.ts';
import { imageClassifierKeys, readHandlerOptions } from '../../../src/model/config/handler-keys.ts';
import type { Interpolation } from '../../../src/model/config/image-sections.ts';

interface Recorded {
  readonly resized: readonly {
    readonly sizes: readonly [number, number, number, number];
    readonly filter: Interpolation;
    readonly colour: string;
    readonly gray: string;
  }[];
  readonly views: readonly { readonly config: string; readonly picture: string; readonly pixels: string }[];
}

const fixtures = join(packageRoot, 'test', 'fixtures');
const recorded: Recorded = JSON.parse(readFileSync(join(fixtures, 'pillow', 'resized.json'), 'utf8'));
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The generator of make_resized.py. */
function noise(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = Number((BigInt(state) * 1_103_515_245n + 12_345n) & 0x7fff_ffffn);
    return (state >> 16) & 255;
  });
}

test.each(recorded.resized)('$filter, $sizes: the bytes that Pillow has', ({ sizes, filter, colour, gray }) => {
  const [width, height, toWidth, toHeight] = sizes;
  const resized = (channels: 1 | 3) =>
    resizerOf({ interpolation: filter })(
      { width, height, channels, data: noise(width * height * channels) },
      toWidth,
      toHeight,
    ).data;
  expect({ colour: digest(resized(3)), gray: digest(resized(1)) }).toEqual({ colour, gray });
});

test.each(recorded.views)('$config of $picture: the pixels that timm or torchvision shows', async (view) => {
  const { preprocess } = readHandlerOptions(imageClassifierKeys, parse(view.config));
  const plan = planImages({ name: 'image', dtype: 'uint8', shape: [null, null, null, 3] }, preprocess);
  const { data } = toImageTensor(await decodeImage(readFileSync(join(fixtures, 'images', view.picture))), plan);
  expect(isNumbers(data) && digest(bytesOf(data))).toBe(view.pixels);
});

test.each([
  ['{ cropPct: 0.9, resize: 256 }', /have no place beside them/],
  ['{ cropPct: 1.5 }', /cropPct/],
  ['{ interpolation: hamming }', /interpolation/],
])('%s is refused', (preprocess, message) => {
  expect(() => readHandlerOptions(imageClassifierKeys, { preprocess: parse(preprocess) })).toThrow(message);
});

test('a share of a crop that is no square needs cropMode: squash', () => {
  const { preprocess } = readHandlerOptions(imageClassifierKeys, { preprocess: { crop: [4, 6], cropPct: 0.5 } });
  const spec = { name: 'image', dtype: 'uint8', shape: [null, null, null, 3] } as const;
  expect(() => planImages(spec, preprocess)).toThrow(/needs cropMode: squash/);
});
