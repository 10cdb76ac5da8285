import { expect, test } from 'vitest';
import { nearest } from '../../../src/core/names/nearest.ts';

const keys = ['batchSize', 'maxBatchDelay', 'top', 'mean'];

test.each([
  ['batchsize', 'batchSize'],
  ['bacthSize', 'batchSize'],
  ['maxBatchDely', 'maxBatchDelay'],
  ['tpo', 'top'],
])('%s gets the suggestion %s', (text, wanted) => {
  expect(nearest(text, keys)).toBe(wanted);
});

test.each(['tap_', 'size', 'xyz', '', 'b'.repeat(65)])('%j gets no suggestion', (text) => {
  expect(nearest(text, keys)).toBeUndefined();
});
