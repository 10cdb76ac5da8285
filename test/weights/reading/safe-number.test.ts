import { expect, test } from 'vitest';
import { toSafeNumber } from '../../../src/weights/reading/safe-number.ts';

test('a safe integer is kept, a larger one becomes the largest', () => {
  expect([toSafeNumber(7n), toSafeNumber(-7), toSafeNumber(2n ** 63n), toSafeNumber(-(2n ** 63n))]).toEqual([
    7,
    -7,
    Number.MAX_SAFE_INTEGER,
    -Number.MAX_SAFE_INTEGER,
  ]);
});
