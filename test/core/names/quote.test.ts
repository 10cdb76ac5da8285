import { expect, it } from 'vitest';
import { quote } from '../../../src/core/names/quote.ts';

it.each([
  ['plain.txt', '"plain.txt"'],
  ['a"b', '"a\\"b"'],
  ['a\u001b[2Jb', '"a\\u001b[2Jb"'],
  ['a\u009b2Jb', '"a\\u009b2Jb"'],
  ['a\u202eb', '"a\\u202eb"'],
  ['a\u{e0041}b', '"a\\u{e0041}b"'],
  ['a\ufe0f', '"a\\ufe0f"'],
  ['\u3164', '"\\u3164"'],
  ['a\u00a0b', '"a\\u00a0b"'],
  ['\u0301mark', '"\\u0301mark"'],
  ['a/\u0301b', '"a/\\u0301b"'],
  ['e\u0301', '"e\u0301"'],
  ['\ud800', '"\\ud800"'],
  ['größe 🙂', '"größe 🙂"'],
])('quote(%j) shows every character', (name, shown) => expect(quote(name)).toBe(shown));

it('a long name is shortened', () => expect(quote('a'.repeat(5000)).length).toBeLessThan(210));
