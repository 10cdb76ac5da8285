import { expect, test } from 'vitest';
import { sizeSchema } from '../../src/commands/size-option.ts';

test.each([
  [7, 7],
  ['7', 7],
  ['500MB', 500_000_000],
  ['2 GiB', 2 * 1024 ** 3],
  ['1.5k', 1500],
])('%j is %i bytes', (given, bytes) => {
  expect(sizeSchema.parse(given)).toBe(bytes);
});

test.each(['', 'MB', '-1', '1 TB', 0, -1, 1.5])('%j is not a size', (given) => {
  expect(sizeSchema.safeParse(given).success).toBe(false);
});
