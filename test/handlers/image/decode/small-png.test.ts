import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { decodeSmallPng } from '../../../../src/handlers/image/decode/small-png.ts';

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'images', name));

/** The decoder for everything else, as `decode.ts` uses it. */
async function decodeWithSharp(png: Uint8Array) {
  const { data, info } = await sharp(png, { ignoreIcc: true, failOn: 'error' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: [...data] };
}

interface Plain {
  readonly width: number;
  readonly height: number;
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  /** A filter type for each line, and its bytes as they are stored. */
  readonly lines: readonly (readonly number[])[];
  readonly palette: readonly number[];
}

const chunk = (type: string, data: Uint8Array) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

function toPng({ width, height, colourType, lines, palette }: Plain, extra: readonly Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  const data = deflateSync(Buffer.from(lines.flat()));
  const half = data.length >> 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(colourType === 3 ? [chunk('PLTE', Buffer.from(palette))] : []),
    ...extra,
    chunk('IDAT', data.subarray(0, half)),
    chunk('IDAT', data.subarray(half)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;
const plain = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    colourType: fc.constantFrom(0 as const, 2 as const, 3 as const, 4 as const, 6 as const),
  })
  .chain(({ width, height, colourType }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      colourType: fc.constant(colourType),
      palette: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 768, maxLength: 768 }),
      lines: fc.array(
        fc
          .tuple(
            fc.integer({ min: 0, max: 4 }),
            fc.array(fc.integer({ min: 0, max: 255 }), {
              minLength: width * samples[colourType],
              maxLength: width * samples[colourType],
            }),
          )
          .map(([filter, bytes]) => [filter, ...bytes]),
        { minLength: height, maxLength: height },
      ),
    }),
  );

test('small PNGs of every plain kind and every filter equal the pixels of the decoder', async () => {
  await fc.assert(
    fc.asyncProperty(plain, async (image) => {
      const png = toPng(image);
      const ours = decodeSmallPng(png);
      expect(ours && { ...ours, data: [...ours.data] }).toEqual({ ...(await decodeWithSharp(png)), space: 'rgb' });
    }),
    { numRuns: 150 },
  );
});

test('a recorded digit is decoded here', async () => {
  const png = readFileSync(join(packageRoot, 'templates/digits/samples/7-a.png'));
  expect([...(decodeSmallPng(png)?.data ?? [])]).toEqual((await decodeWithSharp(png)).data);
});

test.each(['interlaced.png', 'gray-16.png', 'one-bit.png', 'palette-transparent.png', 'large.jpg'])(
  'a PNG that is not plain, with %s, is left to the decoder',
  (name) => {
    expect(decodeSmallPng(fixture(name))).toBeUndefined();
  },
);

test('a damaged file is left to the decoder, whatever byte is wrong or missing', () => {
  const whole = toPng({
    width: 2,
    height: 2,
    colourType: 3,
    palette: [1, 2, 3, 4, 5, 6],
    lines: [
      [0, 0, 1],
      [2, 1, 255],
    ],
  });
  expect(decodeSmallPng(whole)).toBeDefined();
  for (let length = 0; length < whole.length; length++)
    expect(decodeSmallPng(whole.subarray(0, length))).toBeUndefined();
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8((damaged.readUInt8(at) ^ 0x55) & 0xff, at);
    expect(decodeSmallPng(damaged)).toBeUndefined();
  }
});

test('an index beyond the palette, and data after the last row, are left to the decoder', () => {
  const image = { width: 1, height: 1, colourType: 3 as const, palette: [1, 2, 3], lines: [[0, 1]] };
  expect(decodeSmallPng(toPng(image))).toBeUndefined();
  expect(decodeSmallPng(toPng({ ...image, lines: [[0, 0, 0]] }))).toBeUndefined();
  expect(decodeSmallPng(toPng({ ...image, lines: [[0, 0]] }))).toBeDefined();
});
