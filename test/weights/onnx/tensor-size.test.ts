import { expect, test } from 'vitest';
import { bytesOf, countElements, describeDims } from '../../../src/weights/onnx/tensor-size.ts';

test.each([
  [[], 1n],
  [[2n, 3n], 6n],
  [[0n, 5n], 0n],
])('dimensions %o hold %s elements', (dims, count) => {
  expect(countElements(dims)).toBe(count);
});

test.each([
  [[2n, -1n], 'dimension -1 is negative'],
  [[2n ** 40n, 2n ** 40n], 'more elements than 2^53'],
])('dimensions %o are invalid', (dims, reason) => {
  expect(countElements(dims)).toContain(reason);
});

test('types smaller than a byte are rounded up to whole bytes, strings have no size', () => {
  expect([bytesOf(1n, 3n), bytesOf(22n, 3n), bytesOf(22n, 4n), bytesOf(8n, 3n)]).toEqual([12n, 2n, 2n, undefined]);
});

test('a long list of dimensions is shortened', () => {
  expect(describeDims([1n, 2n])).toBe('1x2');
  expect(describeDims(Array(9).fill(1n))).toBe(`${Array(8).fill(1).join('x')}x...`);
});
