import { expect, test } from 'vitest';
import { castTensor } from '../../../src/handlers/tensors/cast.ts';

const tensor = (dtype: 'int64' | 'float32' | 'bool', data: BigInt64Array | Float32Array | Uint8Array) => ({
  dtype,
  shape: [data.length],
  data,
});

test('numbers are converted to a type that can hold them', () => {
  const numbers = tensor('int64', BigInt64Array.of(1n, -2n));
  expect(castTensor(numbers, 'float32').data).toEqual(Float32Array.of(1, -2));
  expect(castTensor(numbers, 'int8').data).toEqual(Int8Array.of(1, -2));
  expect(castTensor(numbers, 'int64')).toBe(numbers);
  expect(castTensor(tensor('bool', Uint8Array.of(1, 0)), 'int32').data).toEqual(Int32Array.of(1, 0));
});

test.each([
  ['fractions', tensor('float32', Float32Array.of(1.5)), 'int64'],
  ['what the type does not hold', tensor('int64', BigInt64Array.of(300n)), 'int8'],
  ['numbers as booleans', tensor('int64', BigInt64Array.of(1n)), 'bool'],
] as const)('%s are refused', (_, given, dtype) => {
  expect(() => castTensor(given, dtype)).toThrow(expect.objectContaining({ name: 'TensorError' }));
});
