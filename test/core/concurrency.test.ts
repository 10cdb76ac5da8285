import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { forEachOf, mapAll, mapInOrder } from '../../src/core/concurrency.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('mapInOrder', () => {
  test('results come in the order of the items, whichever is ready first', async () => {
    const release: (() => void)[] = [];
    const results = collect(
      mapInOrder([0, 1, 2], 2, async (item) => {
        await new Promise<void>((resolve) => (release[item] = resolve));
        return item * 10;
      }),
    );
    await setImmediate();
    for (const item of [1, 0]) release[item]?.();
    await setImmediate();
    release[2]?.();
    expect(await results).toEqual([0, 10, 20]);
  });

  test('no more than the given number run at once', async () => {
    const started: number[] = [];
    const results = mapInOrder([0, 1, 2, 3], 2, async (item) => started.push(item));
    await results.next();
    expect(started).toEqual([0, 1]);
    await results.return(undefined);
    expect(started).toEqual([0, 1]);
  });

  test('a failure is thrown at its place in the order', async () => {
    const results = mapInOrder([1, 0, 2], 2, async (item) => {
      if (item === 0) throw new Error('no zero');
      return item;
    });
    expect((await results.next()).value).toBe(1);
    await expect(results.next()).rejects.toThrow('no zero');
  });

  test('accepts an asynchronous list', async () => {
    async function* items() {
      yield* [1, 2, 3];
    }
    expect(await collect(mapInOrder(items(), 2, async (item) => item * 2))).toEqual([2, 4, 6]);
  });

  test('a failing list is reported after the running items have ended', async () => {
    let ended = false;
    async function* items() {
      yield 1;
      throw new Error('no more');
    }
    const results = mapInOrder(items(), 2, async () => {
      await setImmediate();
      ended = true;
    });
    await expect(results.next()).rejects.toThrow('no more');
    expect(ended).toBe(true);
  });
});

describe('forEachOf', () => {
  test('processes every item, never more at once than given', async () => {
    let [now, most] = [0, 0];
    const done: number[] = [];
    await forEachOf([1, 2, 3, 4, 5], 2, async (item) => {
      most = Math.max(most, ++now);
      await setImmediate();
      now--;
      done.push(item);
    });
    expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  test('starts nothing after a failure, and throws it when all running items have ended', async () => {
    const [begun, ended]: [number[], number[]] = [[], []];
    const work = forEachOf([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('one');
      await setImmediate();
      ended.push(item);
    });
    await expect(work).rejects.toThrow('one');
    expect([begun, ended]).toEqual([[1, 2], [2]]);
  });
});

test('mapAll returns the results in the order of the items', async () => {
  expect(await mapAll([3, 1, 2], 2, (item) => setImmediate(item * 10))).toEqual([30, 10, 20]);
});
