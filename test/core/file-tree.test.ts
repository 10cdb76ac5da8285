import { expect, test } from 'vitest';
import { compareBytes } from '../../src/core/file-tree.ts';

test('names are ordered by their UTF-8 bytes, not by UTF-16 units', () => {
  const names = ['b', '\u{10000}', 'a/b', '\uff5e', 'B', 'a'];
  const sorted = [...names].sort(compareBytes);
  expect(sorted).toEqual(['B', 'a', 'a/b', 'b', '\uff5e', '\u{10000}']);
  expect([...names].sort()).not.toEqual(sorted);
});

test('a name equals only itself', () => {
  expect([compareBytes('é', 'é'), compareBytes('a', 'a')]).toEqual([0, 0]);
  expect(compareBytes('a', 'aa')).toBeLessThan(0);
});
