import { expect, test } from 'vitest';
import { createDecoder, type Frame } from '../../../src/serve/protocol/frame-decoder.ts';

/** A length of one byte, and as much text. */
function* frame(): Frame<string> {
  const [length = 0] = yield 1;
  return (yield length).toString();
}

test.each([1, 2, 3, 100])('messages are read from chunks of %i bytes', (size) => {
  const bytes = Buffer.from('\x02ab\x00\x03cde');
  const decoder = createDecoder(frame);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...decoder.push(bytes.subarray(at, at + size)));
  expect([found, decoder.atBoundary]).toEqual([['ab', '', 'cde'], true]);
});

test('a stream that ends inside a message is not at a boundary', () => {
  const decoder = createDecoder(frame);
  expect([decoder.push(Buffer.from('\x02a')), decoder.atBoundary]).toEqual([[], false]);
});
