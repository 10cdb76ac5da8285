import { describe, expect, test } from 'vitest';
import { type Corners, suppress } from '../../../../src/handlers/builtin/detect/suppress.ts';

const of = (label: number, score: number, ...box: [number, number, number, number]) => ({ label, score, box });
const plain = { agnostic: false, classOffset: undefined, wholePixels: false, overlap: 0.5, limit: Infinity };
const scoresOf = (kept: readonly { score: number }[]) => kept.map(({ score }) => score);

describe('of boxes that overlap the best stays', () => {
  const left: Corners = [0, 0, 10, 10];
  const near: Corners = [2, 0, 12, 10];
  const found = [of(0, 0.5, ...left), of(0, 0.9, ...near), of(1, 0.7, ...left), of(0, 0.4, 50, 50, 60, 60)];

  test('class by class, best first', () => {
    expect(scoresOf(suppress(found, plain))).toEqual([0.9, 0.7, 0.4]);
    expect(scoresOf(suppress(found, { ...plain, classOffset: 7680 }))).toEqual([0.9, 0.7, 0.4]);
  });

  test('across classes where they compete too, up to the limit', () => {
    expect(scoresOf(suppress(found, { ...plain, agnostic: true }))).toEqual([0.9, 0.4]);
    expect(scoresOf(suppress(found, { ...plain, limit: 2 }))).toEqual([0.9, 0.7]);
  });

  test('an overlap that is just reached is not one too many', () => {
    const pair = [of(0, 0.9, 0, 0, 4, 4), of(0, 0.8, 0, 0, 4, 2)];
    expect(suppress(pair, plain)).toHaveLength(2);
    // With the pixels at both ends 5 x 3 of 5 x 5 are shared.
    expect(suppress(pair, { ...plain, wholePixels: true })).toHaveLength(1);
  });
});
