import { expect, test } from 'vitest';
import { readAhead } from '../../../src/archive/zip/read-ahead.ts';
import { bufferSource } from '../../../src/core/byte-source.ts';

test('small ascending reads need few reads of the source, and return the right bytes', async () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, index) => index % 251));
  const source = bufferSource('m', bytes);
  let reads = 0;
  const counted = readAhead({
    ...source,
    read: (offset, length) => {
      reads++;
      return source.read(offset, length);
    },
  });
  for (let offset = 0; offset + 30 <= bytes.length; offset += 500)
    expect(bytes.subarray(offset, offset + 30).equals(await counted.read(offset, 30))).toBe(true);
  expect(reads).toBeLessThan(6);
});

test('bytes beyond the end of the source are not returned', async () => {
  await expect(readAhead(bufferSource('m', Buffer.alloc(10))).read(5, 6)).rejects.toMatchObject({
    code: 'SOURCE_TRUNCATED',
  });
});
