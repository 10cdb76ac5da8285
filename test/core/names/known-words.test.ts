import { expect, test } from 'vitest';
import { isOneOf, keysOf } from '../../../src/core/names/known-words.ts';

test('keysOf gives the keys in the order they are written', () => {
  expect(keysOf({ b: 1, a: 2 })).toEqual(['b', 'a']);
});

test('isOneOf knows the words of the list alone', () => {
  expect(isOneOf(['cpu', 'gpu'], 'gpu')).toBe(true);
  expect(isOneOf(['cpu', 'gpu'], 'GPU')).toBe(false);
  expect(isOneOf(['cpu', 'gpu'], 'toString')).toBe(false);
});
