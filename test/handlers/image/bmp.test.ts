/** What Pillow makes of BMP files is in recorded.test.ts; here is what no file should be able to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { decodeBmp } from '../../../src/handlers/image/bmp.ts';

const whole = readFileSync(join(packageRoot, 'test', 'fixtures', 'images', 'rgb.bmp'));
const palette = readFileSync(join(packageRoot, 'test', 'fixtures', 'images', 'palette.bmp'));

function changed(change: (bytes: Buffer) => void, from = whole): Buffer {
  const bytes = Buffer.from(from);
  change(bytes);
  return bytes;
}

test.each([
  ['pixels that are cut off', whole.subarray(0, whole.length - 1), /bytes of pixels were expected/],
  ['a width beyond its bytes', changed((bytes) => bytes.writeInt32LE(3_000, 18)), /bytes of pixels were expected/],
  [
    'more pixels than allowed',
    changed((bytes) => bytes.writeInt32LE(2 ** 31 - 1, 18)),
    /are more than 1000000$|are more than 1000000\./,
  ],
  ['a width of nothing', changed((bytes) => bytes.writeInt32LE(0, 18)), /claims 0 x 67/],
  ['a negative width', changed((bytes) => bytes.writeInt32LE(-5, 18)), /claims -5 x/],
  [
    'the one height that has no positive',
    changed((bytes) => bytes.writeInt32LE(-(2 ** 31), 22)),
    /claims 101 x -2147483648/,
  ],
  [
    'a header longer than the file',
    changed((bytes) => bytes.writeUInt32LE(2 ** 32 - 1, 14)),
    /header of 4294967295 bytes/,
  ],
  ['a header of OS/2', changed((bytes) => bytes.writeUInt32LE(12, 14)), /header of 12 bytes/],
  ['16 bits', changed((bytes) => bytes.writeUInt16LE(16, 28)), /16 bits a pixel/],
  ['RLE', changed((bytes) => bytes.writeUInt32LE(1, 30), palette), /compression 1/],
  ['pixels behind the end', changed((bytes) => bytes.writeUInt32LE(2 ** 32 - 1, 10)), /from byte 4294967295 on/],
])('decodeBmp refuses %s as the client’s mistake', (_, bytes, message) => {
  expect(() => decodeBmp(bytes, 1_000_000)).toThrow(message);
  expect(() => decodeBmp(bytes, 1_000_000)).toThrow(expect.objectContaining({ status: 400 }));
});

test('rows may stand from the top, and an index beyond the palette is black', () => {
  const { data: upright } = decodeBmp(whole, 1e6);
  const { data: turned } = decodeBmp(
    changed((bytes) => bytes.writeInt32LE(-67, 22)),
    1e6,
  );
  expect(turned.subarray(0, 303)).toEqual(upright.subarray(66 * 303));
  const { data } = decodeBmp(
    changed((bytes) => bytes.writeUInt32LE(1, 46), palette),
    1e6,
  );
  expect(data.length).toBe(101 * 67 * 3);
});
