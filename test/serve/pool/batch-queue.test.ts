import { expect, test } from 'vitest';
import { createBatchQueue } from '../../../src/serve/pool/batch-queue.ts';
import { createClock } from '../../support/hand-clock.ts';

function setup(policy: { batchSize?: number; maxDelayMs?: number; capacity?: number } = {}) {
  const clock = createClock();
  const queue = createBatchQueue<string>({ batchSize: 3, maxDelayMs: 100, capacity: 4, ...policy }, clock, (item) =>
    item.startsWith('alone'),
  );
  const batches: string[][] = [];
  const consumer = (batch: string[]) => void batches.push(batch);
  return { clock, queue, batches, take: () => queue.take(consumer), ahead: () => queue.take(consumer, true), consumer };
}

test('a full batch is dispatched at once', () => {
  const { queue, batches, take } = setup();
  take();
  for (const item of ['a', 'b', 'c', 'd']) queue.offer(item);
  expect(batches).toEqual([['a', 'b', 'c']]);
  expect(queue.length).toBe(1);
});

test('a partial batch is dispatched when its first item has waited maxDelayMs', () => {
  const { clock, queue, batches, take } = setup();
  take();
  queue.offer('a');
  clock.advance(60);
  queue.offer('b');
  clock.advance(39);
  expect(batches).toEqual([]);
  clock.advance(1);
  expect(batches).toEqual([['a', 'b']]);
});

test('time spent waiting for a busy worker counts towards the delay', () => {
  const { clock, queue, batches, take } = setup();
  queue.offer('a');
  clock.advance(100);
  take();
  expect(batches).toEqual([['a']]);
});

test('with batchSize 1 nothing waits', () => {
  const { queue, batches, take } = setup({ batchSize: 1 });
  take();
  queue.offer('a');
  expect(batches).toEqual([['a']]);
});

test('a smaller batch size also applies to queued items', () => {
  const { queue, batches, take } = setup();
  take();
  queue.offer('a');
  expect(batches).toEqual([]);
  queue.setBatchSize(1);
  expect(batches).toEqual([['a']]);
});

test('an unbatched item is dispatched alone, and does not delay the batch before it', () => {
  const { queue, batches, take } = setup();
  for (const item of ['a', 'alone', 'b']) queue.offer(item);
  take();
  take();
  expect(batches).toEqual([['a'], ['alone']]);
});

test('consumers are served in order, each once', () => {
  const { queue } = setup({ batchSize: 1 });
  const served: string[] = [];
  queue.take(() => served.push('first'));
  queue.take(() => served.push('second'));
  queue.offer('a');
  queue.offer('b');
  queue.offer('c');
  expect(served).toEqual(['first', 'second']);
  expect(queue.length).toBe(1);
});

test('a full queue refuses all but an item that a free consumer takes at once', () => {
  const { queue, batches, take } = setup({ batchSize: 1, capacity: 2 });
  expect(['a', 'b', 'c'].map((item) => queue.offer(item))).toEqual([true, true, false]);
  take();
  take();
  take();
  expect(queue.offer('d')).toBe(true);
  expect(batches).toEqual([['a'], ['b'], ['d']]);
});

test('a withdrawn consumer gets no batch, a removed item is not dispatched', () => {
  const { queue, batches, take, ahead, consumer } = setup({ batchSize: 1 });
  take();
  queue.withdraw(consumer);
  ahead();
  queue.withdraw(consumer);
  queue.offer('a');
  expect(batches).toEqual([]);
  expect([queue.remove('a'), queue.remove('a'), queue.length]).toEqual([true, false, 0]);
});

test('a busy consumer prefetches only while no consumer is idle', () => {
  const { queue } = setup({ batchSize: 1 });
  const served: string[] = [];
  queue.take(([item]) => served.push(`ahead ${item}`), true);
  queue.take(([item]) => served.push(`idle ${item}`));
  for (const item of ['a', 'b', 'c']) queue.offer(item);
  expect(served).toEqual(['idle a', 'ahead b']);
  expect(queue.length).toBe(1);
});

test('a busy consumer never prefetches a partial batch', () => {
  const { clock, queue, batches, take, ahead } = setup({ batchSize: 2 });
  ahead();
  queue.offer('a');
  clock.advance(1000);
  expect(batches).toEqual([]);
  queue.offer('b');
  queue.offer('c');
  expect(batches).toEqual([['a', 'b']]);
  clock.advance(1000);
  take();
  expect(batches).toEqual([['a', 'b'], ['c']]);
});

test('items put back are at the head, in order, and due at once', () => {
  const { queue, batches, take } = setup({ batchSize: 2, capacity: 1 });
  queue.offer('c');
  queue.putBack(['a', 'b']);
  take();
  take();
  expect(batches).toEqual([['a', 'b']]);
  queue.putBack(['b']);
  expect(batches).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ]);
});

test('poll takes items at once, up to a number and to the first unbatched one', () => {
  const { queue, batches } = setup({ capacity: 9 });
  for (const item of ['a', 'b', 'c', 'alone', 'd']) queue.offer(item);
  const poll = (most: number) => queue.poll(() => {}, most);
  expect([poll(2), poll(0), poll(9), poll(9)]).toEqual([['a', 'b'], [], ['c'], []]);
  expect([queue.length, batches]).toEqual([2, []]);
});
