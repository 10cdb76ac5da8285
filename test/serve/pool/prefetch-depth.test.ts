import { expect, test } from 'vitest';
import { createPrefetchDepth } from '../../../src/serve/pool/prefetch-depth.ts';

function measured(...answers: number[]) {
  let time = 0;
  const prefetch = createPrefetchDepth({ now: () => time, after: () => () => {} });
  for (const ms of answers) {
    prefetch.begin();
    time += ms;
    prefetch.end();
  }
  return prefetch;
}

test('nothing is prefetched before the first answer', () => {
  expect(measured().depth(true)).toBe(1);
});

test('a fast worker prefetches more than a slow one, and a single worker more than one of many', () => {
  expect(measured(0.1).depth(false)).toBe(1 + 16);
  expect(measured(1).depth(false)).toBe(1 + 2);
  expect([measured(90).depth(true), measured(90).depth(false)]).toEqual([1 + 2, 1]);
  expect(measured(1000).depth(true)).toBe(1);
});

test('one slow answer limits prefetching for a while', () => {
  expect(measured(1, 50, 1).depth(false)).toBe(1);
  expect(measured(50, ...Array(200).fill(1)).depth(false)).toBe(1 + 2);
});
