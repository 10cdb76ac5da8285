import { expect, test } from 'vitest';
import { entryTime } from '../../../src/archive/plan/entry-time.ts';

test.each([
  ['nothing', undefined, '1980-01-01T00:00:00.000Z'],
  ['a time before those of a ZIP', '1', '1980-01-01T00:00:00.000Z'],
  ['a time', '1700000000', '2023-11-14T22:13:20.000Z'],
  ['a time behind those of a ZIP', '99999999999', '2107-12-31T23:59:58.000Z'],
  ['no number', 'now', '1980-01-01T00:00:00.000Z'],
])('%s', (_, text, wanted) => {
  expect(entryTime(text).toISOString()).toBe(wanted);
});
