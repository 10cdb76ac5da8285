import { expect, test } from 'vitest';
import { defaultLimits } from '../../src/core/limits.ts';

test('the limits are those of a ZIP without zip64 and of DEFLATE, and bound every document', () => {
  expect([defaultLimits.entries, defaultLimits.ratio]).toEqual([65_535, 1032]);
  expect(defaultLimits.manifestBytes).toBeLessThanOrEqual(1024 ** 2);
  for (const limit of Object.values(defaultLimits)) expect(Number.isSafeInteger(limit) && limit > 0).toBe(true);
});
