import { expect, test } from 'vitest';
import { takePage } from '../../../src/serve/management/page.ts';

const list = Array.from({ length: 250 }, (_, index) => index);
const take = (limit?: number, start?: number, items = list) => takePage(items, { limit, start });

test('a page has at most a hundred items, and the start of the next one', () => {
  const { items, next } = take();
  expect([items.length, items[0], next]).toEqual([100, 0, { nextPageToken: '100' }]);
  expect(take(30, 100).items).toEqual(list.slice(100, 130));
});

test('a limit that is too large or negative is a hundred, a negative start is the first', () => {
  expect(take(1000).items).toHaveLength(100);
  expect(take(-1).items).toHaveLength(100);
  expect(take(1, -7).items).toEqual([0]);
});

test('the last page has no next one unless it is exactly full, as upstream', () => {
  expect(take(100, 200).next).toEqual({});
  expect(take(50, 200).next).toEqual({ nextPageToken: '250' });
  expect(take(10, 400)).toEqual({ items: [], next: {} });
});
