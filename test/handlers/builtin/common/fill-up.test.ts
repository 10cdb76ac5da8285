import { expect, test } from 'vitest';
import { fillUp } from '../../../../src/handlers/builtin/common/fill-up.ts';

test('fillUp repeats the last item, and does not split items that are lists', () => {
  expect(fillUp(['a', 'b'], 4)).toEqual(['a', 'b', 'b', 'b']);
  expect(fillUp([['a'], ['b', 'c']], 3)).toEqual([['a'], ['b', 'c'], ['b', 'c']]);
});

test('fillUp adds nothing to a full list', () => {
  expect(fillUp([1, 2], 2)).toEqual([1, 2]);
});
