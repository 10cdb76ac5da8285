import { expect, test } from 'vitest';
import { describeTensor } from '../../../src/commands/diff/tensor-type.ts';

test.each([
  [{ name: 'x', dtype: 'float32', shape: ['batch', 3, null] }, 'float32[batch,3,?]'],
  [{ name: 'x', dtype: 'int64', shape: [] }, 'int64'],
  [{ name: 'x', dtype: 'int64', shape: [], unranked: true as const }, 'int64[…]'],
])('%j is %s', (tensor, text) => {
  expect(describeTensor(tensor)).toBe(text);
});
