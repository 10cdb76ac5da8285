import { expect, test } from 'vitest';
import { mapInOrder } from '../../../src/archive/bytes/map-in-order.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('results come in the order of the items, whichever is ready first', async () => {
  const release: (() => void)[] = [];
  const results = collect(
    mapInOrder([0, 1, 2], 2, async (item) => {
      await new Promise<void>((resolve) => (release[item] = resolve));
      return item * 10;
    }),
  );
  await Promise.resolve();
  for (const item of [2, 1, 0]) release[item]?.();
  expect(await results).toEqual([0, 10, 20]);
});

test('no more are started than the one wanted and those ahead of it', async () => {
  const started: number[] = [];
  const results = mapInOrder([0, 1, 2, 3], 1, async (item) => started.push(item));
  await results.next();
  expect(started).toEqual([0, 1]);
  await results.return(undefined);
  expect(started).toEqual([0, 1]);
});

test('a failure comes in its turn', async () => {
  const results = mapInOrder([1, 0, 2], 2, async (item) => {
    if (item === 0) throw new Error('no zero');
    return item;
  });
  expect((await results.next()).value).toBe(1);
  await expect(results.next()).rejects.toThrow('no zero');
});
