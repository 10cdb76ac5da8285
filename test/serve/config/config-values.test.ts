import { expect, test } from 'vitest';
import { flag, integer, minutes, patterns, wholeName } from '../../../src/serve/config/config-values.ts';

test('whole numbers have a minimum', () => {
  expect([integer(1).parse('7'), integer(1).safeParse('0').success, integer(0).safeParse('1.5').success]).toEqual([
    7,
    false,
    false,
  ]);
});

test('a flag is true in any case of letters, and false for any other text, as in Java', () => {
  expect([flag.parse('TRUE'), flag.parse('yes'), flag.parse('')]).toEqual([true, false, false]);
});

test('minutes are more than zero', () => {
  expect([minutes.parse('0.5'), minutes.safeParse('0').success, minutes.safeParse('x').success]).toEqual([
    0.5,
    false,
    false,
  ]);
});

test('patterns match the whole text', () => {
  const [first, second, ...others] = patterns.parse('https?://a/.*, file:.*,,');
  expect([first?.test('HTTP://a/b'), first?.test('xhttp://a/b'), second?.test('file:x'), others]).toEqual([
    true,
    false,
    true,
    [],
  ]);
  expect(patterns.safeParse('(').success).toBe(false);
  expect([wholeName.parse(''), wholeName.parse('a.c')?.test('abc'), wholeName.parse('a')?.test('ab')]).toEqual([
    undefined,
    true,
    false,
  ]);
});
