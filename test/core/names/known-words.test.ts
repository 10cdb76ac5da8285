import { expect, test } from 'vitest';
import { isOneOf, keysOf } from '../../../src/core/names/known-words.ts';

test('keysOf returns the keys in the order they are written', () => {
  expect(keysOf({ b: 1, a: 2 })).toEqual(['b', 'a']);
});

test('isOneOf accepts only the words of the list', () => {
  expect(isOneOf(['cpu', 'gpu'], 'gpu')).toBe(true);
  expect(isOneOf(['cpu', 'gpu'], 'GPU')).toBe(false);
  expect(isOneOf(['cpu', 'gpu'], 'toString')).toBe(false);
});
