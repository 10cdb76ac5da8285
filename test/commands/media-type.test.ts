import { expect, test } from 'vitest';
import { mediaTypeOf } from '../../src/commands/media-type.ts';

test.each([
  ['a.json', 'application/json'],
  ['A.JSON', 'application/json'],
  ['a.txt', 'text/plain'],
  ['a.csv', 'text/csv'],
  ['a.jpg', ''],
  ['json', ''],
])('%s is %j', (name, type) => {
  expect(mediaTypeOf(name)).toBe(type);
});
