import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { deflateBound, deflatePieces, isWorthDeflating, PIECE_BYTES } from '../../../src/archive/bytes/deflate.ts';
import { bufferSource } from '../../../src/core/byte-source.ts';

async function* pieces(...all: Uint8Array[]) {
  yield* all;
}

async function deflate(...all: Uint8Array[]): Promise<Buffer> {
  const packed: Buffer[] = [];
  for await (const piece of deflatePieces(pieces(...all), 6)) packed.push(piece);
  return Buffer.concat(packed);
}

test('pieces deflated beside each other join to one stream', async () => {
  const all = Array.from({ length: 20 }, (_, index) => Buffer.alloc(10_000, `piece ${index} `));
  expect(inflateRawSync(await deflate(...all)).equals(Buffer.concat(all))).toBe(true);
});

test('nothing is a stream too', async () => {
  expect(inflateRawSync(await deflate())).toHaveLength(0);
});

test('no stream takes more than its bound', async () => {
  const noise = randomBytes(PIECE_BYTES);
  const packed = await deflate(noise, noise);
  expect(packed.length).toBeGreaterThan(noise.length);
  expect(packed.length).toBeLessThanOrEqual(deflateBound(2 * noise.length));
});

test('text is worth deflating and noise is not', async () => {
  expect(await isWorthDeflating(bufferSource('text', Buffer.alloc(300_000, 'some words ')), 6)).toBe(true);
  expect(await isWorthDeflating(bufferSource('noise', randomBytes(300_000)), 6)).toBe(false);
});
