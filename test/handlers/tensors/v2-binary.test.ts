import { expect, test } from 'vitest';
import { decodeBinary, splitBody } from '../../../src/handlers/tensors/v2-binary.ts';

test('a body is split at the length its header gives', () => {
  const { json, binary } = splitBody(Buffer.from('{}abc'), '2');
  expect([Buffer.from(json).toString(), Buffer.from(binary).toString()]).toEqual(['{}', 'abc']);
});

test.each(['6', '-1', '2x', ''])('a header of %j is refused', (header) => {
  expect(() => splitBody(Buffer.from('{}abc'), header)).toThrow('of a body of 5 bytes');
});

test('numbers are read at any alignment, strings by their lengths', () => {
  const bytes = Buffer.concat([Buffer.from('x'), Buffer.from(Float32Array.of(1.5, 2).buffer)]).subarray(1);
  expect(decodeBinary('a', 'float32', [2], bytes).data).toEqual(Float32Array.of(1.5, 2));
  expect(decodeBinary('a', 'string', [2], Buffer.from('\x01\0\0\0a\x02\0\0\0bc')).data).toEqual(['a', 'bc']);
});

test.each([
  ['int32', [1], 'abcde', 'not a whole number'],
  ['int32', [3], 'abcd', 'holds 3 values, but there are 1'],
  ['string', [1], '\x05\0\0\0ab', 'truncated'],
] as const)('%s of shape %o from %j is refused', (dtype, shape, text, words) => {
  expect(() => decodeBinary('a', dtype, shape, Buffer.from(text))).toThrow(words);
});
