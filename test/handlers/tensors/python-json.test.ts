import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { float, float32 } from '../../../src/handlers/sdk.ts';
import { floatRepr, toPythonJson, UnsupportedValue } from '../../../src/handlers/tensors/python-json.ts';

interface Recorded {
  /** [big-endian IEEE 754 in hexadecimal, json.dumps]. */
  readonly floats: readonly (readonly [string, string])[];
  readonly strings: readonly (readonly [string, string])[];
  readonly documents: readonly (readonly [unknown, string])[];
}

const recorded = JSON.parse(
  readFileSync(join(packageRoot, 'test', 'fixtures', 'python-json', 'recorded.json'), 'utf8'),
) as Recorded;

describe('output recorded from Python 3.11', () => {
  test(`floatRepr writes all ${recorded.floats.length} recorded floats as Python does`, () => {
    const ours = recorded.floats.map(([hex]) => [hex, floatRepr(Buffer.from(hex, 'hex').readDoubleBE())]);
    expect(ours).toEqual(recorded.floats);
  });

  test('toPythonJson escapes strings as Python does', () => {
    for (const [value, expected] of recorded.strings) expect(toPythonJson(value)).toBe(expected);
  });

  test('toPythonJson indents as indent=2 does', () => {
    for (const [value, expected] of recorded.documents) expect(toPythonJson(value)).toBe(expected);
  });
});

test('an integer is written as int; with float() or from a float array as float', () => {
  expect(toPythonJson(1)).toBe('1');
  expect(toPythonJson(float(1))).toBe('1.0');
  expect(toPythonJson(Float32Array.of(1, 0.5))).toBe('[\n  1.0,\n  0.5\n]');
  expect(toPythonJson(Int32Array.of(1, -2))).toBe('[\n  1,\n  -2\n]');
  expect(toPythonJson(2 ** 53)).toBe('9007199254740992.0');
  expect(toPythonJson(12345678901234567890n)).toBe('12345678901234567890');
});

test('a float32 is written with the digits of its double, as tensor.tolist() does', () => {
  expect(toPythonJson(float(Math.fround(0.1)))).toBe('0.10000000149011612');
});

test('a Map keeps its order where an object would sort numeric keys', () => {
  expect(
    toPythonJson(
      new Map([
        ['281', float(0.5)],
        ['7', float(0.25)],
      ]),
    ),
  ).toBe('{\n  "281": 0.5,\n  "7": 0.25\n}');
});

test('a tensor is written as nested lists', () => {
  expect(toPythonJson(float32([1, 2, 3, 4], [2, 2]))).toBe(
    '[\n  [\n    1.0,\n    2.0\n  ],\n  [\n    3.0,\n    4.0\n  ]\n]',
  );
  expect(toPythonJson({ dtype: 'float32', shape: [], data: Float32Array.of(3) })).toBe('3.0');
  expect(toPythonJson({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) })).toBe('[\n  true,\n  false\n]');
  expect(toPythonJson({ dtype: 'float32', shape: [2, 0], data: new Float32Array() })).toBe('[\n  [],\n  []\n]');
});

test('undefined properties are skipped; a value JSON cannot hold is refused with its class or type', () => {
  expect(toPythonJson({ a: undefined, b: 1 })).toBe('{\n  "b": 1\n}');
  expect(toPythonJson(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  for (const value of [undefined, () => 1, Symbol('s'), [undefined], new Set([1]), new Map([[{}, 1]])]) {
    expect(() => toPythonJson(value)).toThrow(UnsupportedValue);
  }
});

test('a cycle is refused', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect(() => toPythonJson(cycle)).toThrow(UnsupportedValue);
});
