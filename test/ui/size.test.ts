import { describe, expect, test } from 'vitest';
import { formatBytes, formatDuration, formatNumber, formatPlural } from '../../src/ui/size.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [45_678_901, '45.7 MB'],
  [2_000_000_000, '2 GB'],
  [5e15, '5000 TB'],
])('formatBytes(%i) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_233_288, '1,233,288'],
])('formatNumber(%i) is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

describe('formatDuration', () => {
  test.each([
    [0.4, '0 ms'],
    [999, '999 ms'],
    [999.7, '1 s'],
    [1234, '1.23 s'],
    [59_999, '1 min 0 s'],
    [185_000, '3 min 5 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test('formatPlural counts one and many', () => {
  expect([0, 1, 1200].map((count) => formatPlural(count, 'file'))).toEqual(['0 files', '1 file', '1,200 files']);
});
