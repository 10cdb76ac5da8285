import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSha256 } from '../../../src/archive/bytes/sha256.ts';

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('hashes contents one after the other, from buffers that are reused at once', async () => {
  const sha256 = createSha256();
  try {
    const piece = Buffer.alloc(3_000_000, 'a');
    await sha256.update(piece);
    piece.fill('b');
    await sha256.update(piece);
    const wanted = Buffer.concat([Buffer.alloc(3_000_000, 'a'), piece]);
    expect(await sha256.digest()).toBe(digestOf(wanted));
    await sha256.update(Buffer.from('second'));
    expect(await sha256.digest()).toBe(digestOf(Buffer.from('second')));
    expect(await sha256.digest()).toBe(digestOf(Buffer.alloc(0)));
  } finally {
    await sha256.close();
  }
});
