import { expect, test } from 'vitest';
import { createPathMatcher, findUnmatched } from '../../src/commands/path-patterns.ts';

test('patterns match as in .gitignore, and a path matches itself', () => {
  const matches = createPathMatcher(['*.txt', '/top', './here', '!keep.txt', 'a[b].md']);
  expect(['x/y.txt', 'top', 'here', 'a[b].md'].map(matches)).toEqual([true, true, true, true]);
  expect(['keep.txt', 'x/top', 'x/here', 'A.TXT'].map(matches)).toEqual([false, false, false, false]);
});

test('a pattern without a match is reported', () => {
  expect(findUnmatched(['*.txt', '*.md', '!x'], ['a.txt'])).toEqual(['*.md']);
});
