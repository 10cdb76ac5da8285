import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decode, encode, preferredCoding } from '../../../../src/serve/http/encoding/codings.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['br, zstd', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'gzip'],
  ['deflate', 'deflate'],
  ['Deflate ; q=0.5, GZIP;q=0.2', 'deflate'],
  ['gzip;q=0, deflate', 'deflate'],
  ['gzip;q=0', undefined],
  ['gzip;q=nonsense', undefined],
  ['*', undefined],
])('of %o the preferred coding is %o', (header, coding) => {
  expect(preferredCoding(header)).toBe(coding);
});

test('what is compressed comes back; a bomb is refused with the bound, and what is not compressed as it says', async () => {
  const bytes = Buffer.alloc(100_000, 'abc');
  for (const coding of ['gzip', 'deflate'] as const)
    expect((await decode(coding, await encode(coding, bytes), 100_000)).equals(bytes)).toBe(true);
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  await expect(decode('gzip', bomb, 1_000_000)).rejects.toMatchObject({
    code: 'REQUEST_TOO_LARGE',
    message: expect.stringContaining('1000000'),
  });
  for (const wrong of [bytes, deflateSync(bytes), gzipSync(bytes).subarray(0, 50)])
    await expect(decode('gzip', wrong, 1_000_000)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
