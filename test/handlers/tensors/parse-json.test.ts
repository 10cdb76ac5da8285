import { expect, test } from 'vitest';
import { parseJson } from '../../../src/handlers/tensors/parse-json.ts';

const exact = (text: string) => parseJson(text, { exactIntegers: true });

test.each([
  ['[9007199254740993]', [9007199254740993n]],
  [
    '{"a": -9223372036854775808, "b": [1, 18446744073709551615]}',
    { a: -9223372036854775808n, b: [1, 18446744073709551615n] },
  ],
  ['9007199254740993', 9007199254740993n],
  [
    '[9007199254740991, 0.1234567890123456, 1234567890123456.5]',
    [9007199254740991, 0.1234567890123456, 1234567890123456.5],
  ],
  ['[12345678901234567000.5, 1e300]', [12345678901234567e3, 1e300]],
  ['["9007199254740993", 9007199254740993]', ['9007199254740993', 9007199254740993n]],
  [
    '[9007199254740993, {}, [], "a\\"]\\u00e9", true, false, null]',
    [9007199254740993n, {}, [], 'a"]é', true, false, null],
  ],
])('%s is read exactly', (text, expected) => {
  expect(exact(text)).toEqual(expected);
});

test('NaN and the infinities are numbers, as in Python', () => {
  expect(exact(' [NaN, Infinity, -Infinity, {"NaN": NaN}] ')).toEqual([NaN, Infinity, -Infinity, { NaN }]);
  expect(exact('NaN')).toBe(NaN);
  expect(exact('["NaN", "-Infinity"]')).toEqual(['NaN', '-Infinity']);
});

test('without exactIntegers large integers are rounded, as by JSON.parse', () => {
  expect(parseJson('[9007199254740993, NaN]', { exactIntegers: false })).toEqual([9007199254740992, NaN]);
});

test('`__proto__` is an ordinary key, the last of duplicate keys wins, and the order is kept', () => {
  const value = exact('{"__proto__": {"polluted": 1}, "a": 1, "a": NaN}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(['__proto__', 'a']);
  expect(value.a).toBe(NaN);
  expect(value.polluted).toBeUndefined();
});

test.each([
  '[NaN',
  '[NaN,]',
  '[NaN 1]',
  '{"a" NaN}',
  '{a: NaN}',
  '{"a": NaN,}',
  '[nan]',
  '[+Infinity]',
  '[NaN, 01]',
  '[NaN, 1.]',
  '[NaN, .5]',
  '[NaN, "\t"]',
  '[NaN, "\\x"]',
  '[NaN] NaN',
  '[NaN]]',
  '--Infinity',
  'InfinityNaN',
])('%s is refused, as by Python', (text) => {
  expect(() => exact(text)).toThrow(SyntaxError);
});

test('documents nested too deep are refused without exhausting the stack', () => {
  expect(() => exact(`${'['.repeat(100_000)}NaN`)).toThrow(/nested deeper than 900/);
});
