import { expect, test } from 'vitest';
import { expandContractions } from '../../../src/handlers/text/contractions.ts';

test.each([
  ["i'd", 'i would'],
  ["how'd", 'how did'],
  ["can't won't", 'cannot will not'],
  ["they've", 'they have'],
  ["the dog's", "the dog's"],
])('%s is %s', (text, wanted) => {
  expect(expandContractions(text)).toBe(wanted);
});
