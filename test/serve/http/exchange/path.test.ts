import { expect, test } from 'vitest';
import { fromSegment, normaliseTarget } from '../../../../src/serve/http/exchange/path.ts';

test.each([
  ['/predictions/m', '/predictions/m'],
  ['/predictions/m/?a=%41', '/predictions/m?a=%41'],
  ['http://host/ping', '/ping'],
  ['/', '/'],
  ['/models/a%62', '/models/ab'],
  ['/predictions//1.0', '/predictions/%00/1.0'],
])('%s is read as %s', (given, taken) => {
  expect(normaliseTarget(given)).toBe(taken);
});

test('an empty segment is the empty name', () => {
  expect([fromSegment('\0'), fromSegment('m')]).toEqual(['', 'm']);
});
