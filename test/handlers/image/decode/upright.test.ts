import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage } from '../../../../src/handlers/image/decode/decode.ts';
import { turnUpright } from '../../../../src/handlers/image/decode/upright.ts';

const stored = {
  width: 3,
  height: 2,
  space: 'rgb',
  channels: 3,
  data: Uint8Array.from({ length: 18 }, (_, at) => at),
} as const;

test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i: as libvips turns it', async (orientation) => {
  const raw = { width: 3, height: 2, channels: 3 } as const;
  const png = await sharp(stored.data, { raw }).withMetadata({ orientation }).png().toBuffer();
  const { data, info } = await sharp(png).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const turned = turnUpright(stored, orientation);
  expect([turned.width, turned.height, [...turned.data]]).toEqual([info.width, info.height, [...data]]);
});

test('what is no orientation leaves a picture as it is', () => {
  expect(turnUpright(stored, 0)).toBe(stored);
  expect(turnUpright(stored, 9)).toBe(stored);
});

test('a photograph is turned only where that is asked for', async () => {
  const jpeg = await sharp(stored.data, { raw: { width: 3, height: 2, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const sides = async (upright: boolean) => {
    const { width, height } = await decodeImage(jpeg, true, upright);
    return [width, height];
  };
  expect([await sides(false), await sides(true)]).toEqual([
    [3, 2],
    [2, 3],
  ]);
});
