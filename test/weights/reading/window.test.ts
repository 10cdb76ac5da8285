import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { Window } from '../../../src/weights/reading/window.ts';

const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => index % 251));

test('bytes are read sequentially, with few reads that grow', async () => {
  const source = bufferSource('m', bytes);
  let reads = 0;
  const window = new Window({
    ...source,
    read: (offset, length) => {
      reads++;
      return source.read(offset, length);
    },
  });
  for (let offset = 0; offset < bytes.length; offset += 100) {
    await window.fill(100);
    if (!bytes.subarray(offset, offset + 100).equals(window.take(100))) throw new Error(`other bytes at ${offset}`);
  }
  expect(window.remaining).toBe(0);
  expect(reads).toBeLessThan(40);
});

test('the position can be set, forwards and backwards', async () => {
  const window = new Window(bufferSource('m', bytes));
  for (const position of [200_000, 5]) {
    window.position = position;
    expect(window.available).toBe(0);
    await window.fill(2);
    expect(window.byte()).toBe(position % 251);
  }
});

test('a read is short at the end', async () => {
  const window = new Window(bufferSource('m', bytes), 10, 14);
  await window.fill(100);
  expect([window.available, window.remaining]).toEqual([4, 4]);
});
