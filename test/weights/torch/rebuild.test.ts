import { expect, test } from 'vitest';
import { bytesOf, countOf, lastElement, retype } from '../../../src/weights/torch/rebuild.ts';

const storage = { key: '0', dtype: 'float32', elements: 6, location: 'cpu' };

test('a storage has the bytes of its elements, also when viewed as another type', () => {
  expect([bytesOf(storage), countOf([2, 3]), countOf([])]).toEqual([24, 6, 1]);
  expect(retype(storage, 'float64')).toMatchObject({ dtype: 'float64', elements: 3 });
  expect(retype({ ...storage, elements: 1 }, 'float64')).toMatchObject({ dtype: 'float32', elements: 1 });
});

test('the last element of a view', () => {
  expect(lastElement([2, 3], [3, 1], 0)).toBe(5);
  expect(lastElement([2, 3], [1, 2], 4)).toBe(9);
});
