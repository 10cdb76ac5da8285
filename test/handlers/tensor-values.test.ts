import { expect, test } from 'vitest';
import { halfToNumber, isTensor, toFloat32, toNested } from '../../src/handlers/tensor-values.ts';

test('a tensor is written as nested lists, a scalar as its value', () => {
  const data = BigInt64Array.of(1n, 2n, 3n, 4n);
  expect(
    JSON.stringify(toNested({ dtype: 'int32', shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) }), (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value,
    ),
  ).toBe('[[1,2],[3,4]]');
  expect(toNested({ dtype: 'int64', shape: [], data })).toBe(1n);
  expect(toNested({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) })).toEqual([true, false]);
});

test.each([
  [0x3c00, 1],
  [0xc000, -2],
  [0x0001, 2 ** -24],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0x7e00, Number.NaN],
])('binary16 %i is %d', (bits, value) => {
  expect(halfToNumber(bits)).toBe(value);
});

test('other types are converted to float32, strings are not', () => {
  expect(Array.from(toFloat32('bfloat16', Uint16Array.of(0x3f80)))).toEqual([1]);
  expect(Array.from(toFloat32('int64', BigInt64Array.of(7n)))).toEqual([7]);
  expect(() => toFloat32('string', ['a'])).toThrow('no numbers');
});

test('a tensor has a dtype, a shape and data', () => {
  expect([isTensor({ dtype: 'int8', shape: [], data: [] }), isTensor({ shape: [] }), isTensor(null)]).toEqual([
    true,
    false,
    false,
  ]);
});
