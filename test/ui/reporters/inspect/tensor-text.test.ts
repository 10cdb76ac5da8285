import { expect, test } from 'vitest';
import { formatTensor } from '../../../../src/ui/reporters/inspect/tensor-text.ts';

type Tensor = Parameters<typeof formatTensor>[0];

test.each([
  [{ dtype: 'float32', shape: ['batch', 3, null] }, 'float32[batch,3,?]'],
  [{ dtype: 'int64', shape: [] }, 'int64'],
  [{ dtype: 'int64', shape: [], unranked: true }, 'int64[…]'],
])('%o', (tensor, text) => {
  expect(formatTensor(tensor as Tensor)).toBe(text);
});
