import { describe, expect, test } from 'vitest';
import { hangText, showText, textWidth, wrapText } from '../../src/ui/text.ts';

describe('showText', () => {
  test.each([
    ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
    ['a carriage return', 'safe.py\revil', 'safe.py\\u000devil'],
    ['a right-to-left override', 'gpj\u202egnp', 'gpj\\u202egnp'],
    ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
  ])('escapes %s', (_, hostile, shown) => {
    expect(showText(hostile)).toBe(shown);
  });
  test('keeps other scripts unchanged', () => {
    expect(showText('模型-ü-Ω')).toBe('模型-ü-Ω');
  });
});

test.each([
  ['abc', 3],
  ['\u001b[1mabc\u001b[22m', 3],
  ['模型', 4],
  ['e\u0301', 1],
  ['', 0],
])('textWidth of %j is %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('wrapText breaks between words and never loses one', () => {
  const text = 'one two three four five';
  const lines = wrapText(text, 9);
  expect(lines).toEqual(['one two', 'three', 'four five']);
  expect(lines.join(' ')).toBe(text);
});

test('wrapText keeps a word that is longer than the line whole', () => {
  expect(wrapText('a /very/long/path b', 5)).toEqual(['a', '/very/long/path', 'b']);
});

test('hangText indents all lines but the first by the width of the label', () => {
  expect(hangText('hint: ', 'one two three four five six', 26)).toBe('hint: one two three four\n      five six');
});
