import { expect, test } from 'vitest';
import { createLineIndex, findExcessiveNesting } from '../../src/source/source-lines.ts';

test('lines and columns count from one', () => {
  const lines = createLineIndex('ab\n\ncd');
  expect([0, 1, 2, 3, 4, 5].map((offset) => Object.values(lines.at(offset)).join(':'))).toEqual([
    '1:1',
    '1:2',
    '1:3',
    '2:1',
    '3:1',
    '3:2',
  ]);
});

test('thousands of open brackets are found without a parser; closed ones are accepted', () => {
  const deep = '('.repeat(5001);
  expect(findExcessiveNesting(deep, createLineIndex(deep))).toMatchObject({ line: 1, column: 5001 });
  const wide = '()'.repeat(20_000);
  expect(findExcessiveNesting(wide, createLineIndex(wide))).toBeUndefined();
});
