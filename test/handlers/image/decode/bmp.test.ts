/** What Pillow makes of BMP files is in recorded.test.ts; here is what no file should be able to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { decodeBmp } from '../../../../src/handlers/image/decode/bmp.ts';
import { createRandom } from '../../../support/random.ts';

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'images', name));
const whole = fixture('rgb.bmp');
const palette = fixture('palette.bmp');

function changed(change: (bytes: Buffer) => void, from = whole): Buffer {
  const bytes = Buffer.from(from);
  change(bytes);
  return bytes;
}

/** The picture's header says 32 bits with these masks, which stand where its pixels begin. */
function masked(red: number, green: number, blue: number): Buffer {
  return changed((bytes) => {
    bytes.writeUInt16LE(32, 28);
    bytes.writeUInt32LE(3, 30);
    bytes.writeInt32LE(40, 18);
    for (const [i, mask] of [red, green, blue].entries()) bytes.writeUInt32LE(mask, 54 + i * 4);
  });
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
  ['a header between OS/2’s and Windows’', changed((bytes) => bytes.writeUInt32LE(16, 14)), /header of 16 bytes/],
  ['2 bits', changed((bytes) => bytes.writeUInt16LE(2, 28)), /2 bits per pixel/],
  ['JPEG inside', changed((bytes) => bytes.writeUInt32LE(4, 30), palette), /compression 4 of 8 bits/],
  ['runs of colours without a palette', changed((bytes) => bytes.writeUInt32LE(1, 30)), /compression 1 of 24 bits/],
  ['a mask of more than eight bits', masked(0xfff000, 0xf00, 0xff), /mask of 0xfff000/],
  ['a mask with a hole', masked(0xff0000, 0xf500, 0xff), /mask of 0xf500/],
  ['no mask', masked(0xff0000, 0, 0xff), /mask of 0x0/],
  ['pixels behind the end', changed((bytes) => bytes.writeUInt32LE(2 ** 32 - 1, 10)), /from byte 4294967295 on/],
])('decodeBmp refuses %s as the client’s mistake', (_, bytes, message) => {
  expect(() => decodeBmp(bytes, 1_000_000)).toThrow(message);
  expect(() => decodeBmp(bytes, 1_000_000)).toThrow(expect.objectContaining({ status: 400 }));
});

test('rows may be top-down, and an index beyond the palette is black', () => {
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

/** A picture of 4 x 3, its palette gray: what the runs give is read off its first line in the file, which is the lowest. */
function withRuns(bits: 4 | 8, ...runs: number[]): number[] {
  const head = Buffer.alloc(54);
  head.write('BM');
  const colours = Buffer.from(Array.from({ length: 2 ** bits }, (_, i) => [i, i, i, 0]).flat());
  head.writeUInt32LE(54 + colours.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(4, 18);
  head.writeInt32LE(3, 22);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(bits === 8 ? 1 : 2, 30);
  const { data } = decodeBmp(Buffer.concat([head, colours, Buffer.from(runs)]), 1e6);
  const gray = Array.from({ length: 12 }, (_, i) => data[i * 3] as number);
  return [...gray.slice(8), ...gray.slice(4, 8), ...gray.slice(0, 4)];
}

test.each([
  ['a run, then the end of the line', withRuns(8, 3, 7, 0, 0, 1, 9, 0, 1), [7, 7, 7, 0, 9, 0, 0, 0, 0, 0, 0, 0]],
  [
    'indices as they are, filled up to two bytes',
    withRuns(8, 0, 3, 1, 2, 3, 0, 1, 4, 0, 1),
    [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0],
  ],
  ['a move to the right and up', withRuns(8, 0, 2, 2, 1, 2, 5, 0, 1), [0, 0, 0, 0, 0, 0, 5, 5, 0, 0, 0, 0]],
  [
    'a run of two indices in turn',
    withRuns(4, 4, 0x1e, 0, 0, 0, 3, 0x23, 0x40, 0, 1),
    [1, 14, 1, 14, 2, 3, 4, 0, 0, 0, 0, 0],
  ],
  ['a run that passes the end of its line', withRuns(8, 200, 6, 0, 0, 1, 8), [6, 6, 6, 6, 8, 0, 0, 0, 0, 0, 0, 0]],
  ['a move out of the picture', withRuns(8, 0, 2, 0, 200, 4, 9), Array(12).fill(0)],
  ['runs that are cut off', withRuns(8, 0, 200, 5), [5, ...Array(11).fill(0)]],
])('run-length encoding: %s', (_, found, expected) => {
  expect(found).toEqual(expected);
});

test('decodeBmp returns an image or throws PredictionError for any bytes', () => {
  const random = createRandom(5);
  const seeds = [whole, palette, ...['rle8.bmp', '555.bmp', '565.bmp', 'os2.bmp', 'one-bit.bmp'].map(fixture)];
  for (let round = 0; round < 3_000; round++) {
    const bytes = Buffer.from(random.pick(seeds));
    for (let i = 0; i <= random.int(4); i++) bytes[random.int(random.pick([70, bytes.length]))] = random.int(256);
    try {
      const { width, height, data } = decodeBmp(bytes.subarray(0, bytes.length - random.pick([0, 0, 9])), 1e6);
      expect(data.length).toBe(width * height * 3);
    } catch (error) {
      expect(error).toMatchObject({ name: 'PredictionError', status: 400 });
    }
  }
});
