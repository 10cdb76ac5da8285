import { expect, test } from 'vitest';
import { formatBar, formatBars, toShares } from '../../src/ui/bars.ts';
import { createStyle } from '../../src/ui/style.ts';

test.each([
  [0, ''],
  [1, '████████'],
  [0.5, '████'],
  [0.0625, '▌'],
  [2, '████████'],
  [-1, ''],
  [Number.NaN, ''],
])('formatBar of %d in eight columns is "%s"', (share, bar) => {
  expect(formatBar(share, 8, true)).toBe(bar);
});

test('formatBar uses ASCII if the terminal has no blocks', () => {
  expect(formatBar(0.5, 8, false)).toBe('####');
});

test('formatBars shows label, probability and bar, aligned', () => {
  const text = formatBars(
    [
      ['seven', 0.98765],
      ['1', 0.01],
      ['none', 0.0000003],
    ],
    createStyle({ color: false, unicode: false }),
  );
  expect(text.split('\n').map((line) => line.replace(/#+/, (bar) => `<${bar.length}>`))).toEqual([
    '  seven  0.9877  <32>',
    '      1  0.0100',
    '   none  3.0e-7',
  ]);
});

test.each([
  [
    { a: 0.5, b: 1 },
    [
      ['a', 0.5],
      ['b', 1],
    ],
  ],
  [{}, undefined],
  [[0.1, 0.9], undefined],
  [{ a: 1.5 }, undefined],
  [{ a: 'x' }, undefined],
  ['text', undefined],
  [null, undefined],
])('toShares of %j is %j', (answer, shares) => {
  expect(toShares(answer)).toEqual(shares);
});
