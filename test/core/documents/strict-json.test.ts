import { describe, expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { JsonReader } from '../../../src/core/documents/strict-json.ts';

const reader = (text: string, origin = 0) => new JsonReader(Buffer.from(text), origin);

describe('a string', () => {
  test('is unescaped', () => {
    expect(reader('"a\\u00e9\\n\\"\\\\"').string()).toBe('aé\n"\\');
  });

  test.each([
    ['"open', 'does not end'],
    ['"a\nb"', 'control character'],
    ['"\\u12"', 'escape'],
    ['"\\ud800"', 'surrogate'],
    ['7', 'expected a string'],
  ])('%s is refused', (text, reason) => {
    expect(() => reader(text).string()).toThrow(reason);
  });
});

describe('an object', () => {
  test('keeps its keys in order with their offsets, also "__proto__"', () => {
    const seen: [string, number][] = [];
    const json = reader('{"a":"x","__proto__":"y"}', 100);
    json.object((key, offset) => {
      seen.push([key, offset]);
      json.string();
    });
    json.end();
    expect(seen).toEqual([
      ['a', 101],
      ['__proto__', 109],
    ]);
  });

  test('with a duplicate key is refused at the second', () => {
    const json = reader('{"a":"x","a":"y"}');
    expect(() => json.object(() => json.string())).toThrow(new Malformed('the key "a" occurs twice', 9));
  });
});

test('arrays nest 127 deep at most, as in the safetensors library', () => {
  const read = (depth: number) => {
    const json = reader('['.repeat(depth) + ']'.repeat(depth));
    const inner = () => json.array(inner);
    inner();
  };
  expect(() => read(127)).not.toThrow();
  expect(() => read(128)).toThrow('nested deeper than 127');
});

test('only white space may follow the value', () => {
  const json = reader('"a" \n');
  json.string();
  expect(() => json.end()).not.toThrow();
  const longer = reader('"a" b');
  longer.string();
  expect(() => longer.end()).toThrow('more text follows');
});
