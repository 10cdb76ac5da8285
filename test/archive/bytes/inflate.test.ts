import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inflateStream, inflateUpTo, inflateWhole } from '../../../src/archive/bytes/inflate.ts';
import { bufferSource } from '../../../src/core/byte-source.ts';

const content = Buffer.alloc(100_000, 'all happy families ');
const packed = deflateRawSync(content);

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

const ways = [
  ['whole', (bytes: Uint8Array, size: number) => inflateWhole(bytes, size)],
  ['as a stream', (bytes: Uint8Array, size: number) => collect(inflateStream(bufferSource('x', bytes), size))],
] as const;

describe.each(ways)('%s', (_, inflate) => {
  test('inflates to the original content', async () => {
    expect((await inflate(packed, content.length)).equals(content)).toBe(true);
  });

  test.each([
    ['more than the size named', packed, content.length - 1, 'archive/inflate-size'],
    ['less than the size named', packed, content.length + 1, 'archive/inflate-size'],
    ['bytes behind the stream', Buffer.concat([packed, Buffer.from('x')]), content.length, 'archive/inflate-size'],
    ['a stream that does not end', packed.subarray(0, -5), content.length, 'archive/inflate-size'],
    ['an invalid stream', Buffer.from('ffffffff', 'hex'), 10, 'archive/inflate'],
  ])('%s is refused', async (_what, bytes, size, rule) => {
    await expect(inflate(bytes, size)).rejects.toMatchObject({ rule });
  });
});

test('a limit bounds a stream of unknown size', async () => {
  expect((await collect(inflateUpTo(bufferSource('x', packed), content.length))).length).toBe(content.length);
  await expect(collect(inflateUpTo(bufferSource('x', packed), 1000))).rejects.toThrow('more than 1000 bytes');
});
