import { expect, test } from 'vitest';
import { findGreatest } from '../../../../src/handlers/builtin/common/find-greatest.ts';
import { createRandom } from '../../../support/random.ts';

test('findGreatest returns the indices that sorting would put first, equal values in their order', () => {
  const random = createRandom(11);
  for (let round = 0; round < 300; round++) {
    // Few different values: most of them are equal to others.
    const values = Float32Array.from({ length: random.int(40) }, () => random.int(8) / 8);
    const sorted = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number));
    const count = 1 + random.int(12);
    expect(findGreatest(values, count)).toEqual(
      sorted.slice(0, count).map((index) => ({ index, value: values[index] })),
    );
  }
});

test('findGreatest returns all indices if there are fewer values than requested', () => {
  expect(findGreatest([0.25, 0.75], 5)).toEqual([
    { index: 1, value: 0.75 },
    { index: 0, value: 0.25 },
  ]);
  expect(findGreatest([], 5)).toEqual([]);
});
