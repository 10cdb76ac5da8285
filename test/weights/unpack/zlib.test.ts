import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inflateAll } from '../../../src/weights/unpack/zlib.ts';

const content = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at) % 251));
const packers = { gzip: gzipSync, zlib: deflateSync, deflate: deflateRawSync };

test.each(['gzip', 'zlib', 'deflate'] as const)('%s gives every byte', async (kind) => {
  expect(await inflateAll(kind, packers[kind](content), 1_000_000)).toEqual({ bytes: content, end: 'whole' });
});

test('content above the limit is not unpacked', async () => {
  expect(await inflateAll('zlib', deflateSync(content), 100)).toEqual({
    bytes: content.subarray(0, 100),
    end: 'limit',
  });
});

test('a broken stream gives the bytes before the break', async () => {
  const packed = deflateSync(content);
  const broken = Buffer.concat([packed.subarray(0, packed.length >> 1), Buffer.alloc(packed.length, 0xff)]);
  const { bytes, end } = await inflateAll('zlib', broken, 1_000_000);
  expect(end).toBe('broken');
  expect(bytes.length).toBeGreaterThan(0);
  const sound = Math.min(bytes.length, content.length >> 2);
  expect(bytes.subarray(0, sound)).toEqual(content.subarray(0, sound));
});
