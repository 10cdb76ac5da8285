import { describe, expect, it } from 'vitest';
import {
  parseFloat0,
  parseInt0,
  parseLong0,
  parseString0,
  parseUnicode0,
} from '../../../src/weights/pickle/text-arguments.ts';
import { opaque } from '../../../src/weights/pickle/values.ts';

describe('the text arguments of protocol 0 are read as by Python', () => {
  it.each([
    ['00', false],
    ['01', true],
    ['1', 1],
    [' -7 ', -7],
    ['1_000', 1000],
    ['12345678901234567890', 12345678901234567890n],
    ['0x10', 16],
    ['-0X_fF', -255],
    ['0b101', 5],
    ['0o17', 15],
    ['017', 15],
    ['5\0rest', 5],
    ['0x', undefined],
    ['1__0', undefined],
    ['', undefined],
    ['9'.repeat(4301), opaque],
  ])('INT %j', (line, value) => expect(parseInt0(line)).toBe(value));

  it.each([
    ['5L', 5],
    ['5', 5],
    ['5LL', undefined],
  ])('LONG %j', (line, value) => expect(parseLong0(line)).toBe(value));

  it.each([
    ['.5', 0.5],
    ['1e400', Infinity],
    ['-inf', -Infinity],
    ['e5', undefined],
    ['1_0.0', 10],
  ])('FLOAT %j', (line, value) => expect(parseFloat0(line)).toBe(value));

  it.each([
    ["'os'", 'os'],
    ["'\\x6f\\163'", 'os'],
    ['"it\'s"', "it's"],
    ["'\\q'", '\\q'],
    ["'a", undefined],
    ["'", undefined],
    ["'\\x4'", undefined],
    ["'\\'", undefined],
  ])('STRING %j', (line, value) => expect(parseString0(line)).toBe(value));

  it.each([
    ['\\u006fs', 'os'],
    ['\\U0001f600', '\u{1f600}'],
    ['\\\\u006f', '\\\\u006f'],
    ['\\u6f', undefined],
    ['\\U00110000', undefined],
  ])('UNICODE %j', (line, value) => expect(parseUnicode0(line)).toBe(value));
});
