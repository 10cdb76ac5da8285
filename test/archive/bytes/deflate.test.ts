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

test('chunks deflated in parallel join to one stream', async () => {
  const all = Array.from({ length: 20 }, (_, index) => Buffer.alloc(10_000, `piece ${index} `));
  expect(inflateRawSync(await deflate(...all)).equals(Buffer.concat(all))).toBe(true);
});

test('no chunks give an empty stream', async () => {
  expect(inflateRawSync(await deflate())).toHaveLength(0);
});

test('no stream is larger than its upper bound', async () => {
  const noise = randomBytes(PIECE_BYTES);
  const packed = await deflate(noise, noise);
  expect(packed.length).toBeGreaterThan(noise.length);
  expect(packed.length).toBeLessThanOrEqual(deflateBound(2 * noise.length));
});

test('text is worth deflating, noise is not', async () => {
  expect(await isWorthDeflating(bufferSource('text', Buffer.alloc(300_000, 'some words ')), 6)).toBe(true);
  expect(await isWorthDeflating(bufferSource('noise', randomBytes(300_000)), 6)).toBe(false);
});
