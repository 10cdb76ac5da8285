import { expect, test } from 'vitest';
import { toNgrams, toWords } from '../../../src/handlers/text/clean-text.ts';

test('markup, punctuation, accents and contractions are removed', () => {
  expect(toWords("<b>Don't</b> stop; a Café&nbsp;isn't far.")).toEqual([
    'do',
    'not',
    'stop',
    'a',
    'cafeis',
    'not',
    'far',
  ]);
  expect(toWords(' ... ')).toEqual([]);
});

test('pairs of neighbouring words follow the words', () => {
  expect(toNgrams(['a', 'b', 'c'])).toEqual(['a', 'b', 'c', 'a b', 'b c']);
  expect(toNgrams(['a'])).toEqual(['a']);
});
