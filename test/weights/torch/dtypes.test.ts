import { expect, test } from 'vitest';
import { storageDtypes } from '../../../src/weights/pickle/globals.ts';
import { itemBytes } from '../../../src/weights/torch/dtypes.ts';

test('every storage type of a checkpoint has elements of a known size', () => {
  for (const dtype of Object.values(storageDtypes)) expect(itemBytes(dtype), dtype).toBeGreaterThan(0);
});

test('element sizes equal torch’s', () => {
  expect(['float32', 'bfloat16', 'complex128', 'bool'].map(itemBytes)).toEqual([4, 2, 16, 1]);
  expect(itemBytes('float31')).toBeUndefined();
});
