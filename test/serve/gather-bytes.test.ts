import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gatherBytes } from '../../src/serve/gather-bytes.ts';

const piece = fc.integer({ min: 0, max: 40_000 }).map((length) => Buffer.alloc(length, length));

test('pieces of any sizes come out joined, and their beginning can be looked at', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const gathered = gatherBytes();
      for (const one of pieces) gathered.push(one);
      const whole = Buffer.concat(pieces);
      expect(gathered.length).toBe(whole.length);
      expect(gathered.join().equals(whole)).toBe(true);
      const head = Math.min(5, whole.length);
      expect(gathered.peek(head).equals(whole.subarray(0, head))).toBe(true);
    }),
  );
});

test('a piece that is changed afterwards, or is part of a large buffer, does not stay', () => {
  const buffer = Buffer.alloc(64 * 1024, 1);
  const gathered = gatherBytes();
  for (let i = 0; i < 1_000; i++) gathered.push(buffer.subarray(i, i + 1));
  buffer.fill(2);
  expect(gathered.join().equals(Buffer.alloc(1_000, 1))).toBe(true);
});
