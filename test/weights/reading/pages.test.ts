import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { Pages } from '../../../src/weights/reading/pages.ts';

const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));
const pages = new Pages(bufferSource('m', bytes));

test('any range is read correctly, also across pages', async () => {
  for (const [offset, length] of [
    [0, 1],
    [65_530, 12],
    [131_072, 8],
    [199_999, 1],
    [10, 150_000],
  ] as const)
    expect((await pages.read(offset, length)).equals(bytes.subarray(offset, offset + length))).toBe(true);
});

test('a range outside the file is malformed', async () => {
  for (const [offset, length] of [
    [200_000, 1],
    [-1, 1],
    [Number.NaN, 1],
    [0, 200_001],
  ] as const)
    await expect(pages.read(offset, length)).rejects.toThrow(Malformed);
});
