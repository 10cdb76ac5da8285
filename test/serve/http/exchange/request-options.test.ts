import { expect, test } from 'vitest';
import { atLeast, readPage, toInteger } from '../../../../src/serve/http/exchange/request-options.ts';
import { takePage } from '../../../../src/serve/management/page.ts';

const list = Array.from({ length: 250 }, (_, index) => index);
const page = (query: string) => {
  const { items, next } = takePage(list, readPage(new URLSearchParams(query)));
  return [items[0], items.length, next.nextPageToken];
};

test('a list has pages of at most a hundred', () => {
  expect([page(''), page('next_page_token=100&limit=10'), page('next_page_token=200')]).toEqual([
    [0, 100, '100'],
    [100, 10, '110'],
    [200, 50, undefined],
  ]);
});

test.each(['limit=-1', 'limit=101', 'limit=x', 'next_page_token=-5'])('%s counts as absent', (query) => {
  expect(page(query)).toEqual([0, 100, '100']);
});

test('a number that does not parse counts as absent', () => {
  expect([toInteger('7'), toInteger('-7'), toInteger('7.5'), toInteger(''), toInteger(null)]).toEqual([
    7,
    -7,
    undefined,
    undefined,
    undefined,
  ]);
  expect([atLeast(1, 0), atLeast(1, 1), atLeast(1, undefined)]).toEqual([undefined, 1, undefined]);
});
