import { expect, test } from 'vitest';
import { findGgmlType } from '../../../src/weights/gguf/types.ts';

test('a type has the bytes of its blocks, and an unknown type has no size', () => {
  expect(findGgmlType(12)).toEqual({ name: 'q4_k', elements: 256, bytes: 144 });
  expect(findGgmlType(4)).toBeUndefined();
  expect(findGgmlType(9999)).toBeUndefined();
});
