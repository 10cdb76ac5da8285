import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashSource } from '../../../src/archive/bytes/hash-source.ts';
import { bufferSource } from '../../../src/core/byte-source.ts';

test('hashSource gives the SHA-256 of all bytes, tells how far it is, and closes the source', async () => {
  const bytes = randomBytes(300_000);
  let isClosed = false;
  const source = bufferSource('random', bytes);
  const heard: number[] = [];
  const digest = await hashSource(
    {
      ...source,
      async close() {
        isClosed = true;
      },
    },
    (done) => heard.push(done),
  );
  expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(heard.at(-1)).toBe(bytes.length);
  expect(isClosed).toBe(true);
});

test('hashSource closes the source when the listener throws', async () => {
  let isClosed = false;
  const source = {
    ...bufferSource('random', randomBytes(10)),
    async close() {
      isClosed = true;
    },
  };
  const cancel = () => {
    throw new Error('cancelled');
  };
  await expect(hashSource(source, cancel)).rejects.toThrow('cancelled');
  expect(isClosed).toBe(true);
});
