import { expect, test } from 'vitest';
import { createSequenceQueue, type SequencePolicy } from '../../../src/serve/pool/sequence-queue.ts';
import { createClock } from '../../support/hand-clock.ts';

/** An item is `sequence.number`; with a `!` it starts the sequence, without a dot it belongs to none. */
function setup(policy: Partial<SequencePolicy> = {}) {
  const clock = createClock();
  const lost: string[] = [];
  const queue = createSequenceQueue<string>({
    policy: {
      ...{
        batchSize: 1,
        maxDelayMs: 100,
        capacity: 2,
        sequences: 4,
        sequenceCapacity: 4,
        maxIdleMs: 1_000,
        timeoutMs: 0,
      },
      ...policy,
    },
    clock,
    markOf: (item) => (item.includes('.') ? { id: item.split('.')[0] ?? '', starts: item.endsWith('!') } : undefined),
    onLost: (items) => void lost.push(...items),
  });
  const worker = () => {
    const batches: string[][] = [];
    const consumer = (batch: string[]) => void batches.push(batch);
    const take = () => queue.take(consumer);
    /** Answers its last batch and asks for the next. */
    const answer = (ended = false) => {
      for (const item of batches.at(-1) ?? []) queue.release(item, ended);
      take();
    };
    take();
    return {
      batches,
      answer,
      leave: () => queue.leave(consumer),
      ahead: () => queue.take(consumer, true),
      poll: (most: number) => queue.poll(consumer, most),
    };
  };
  return { clock, queue, lost, worker };
}

test('a sequence goes to one consumer, in order, one item at a time, whatever others are idle', () => {
  const { queue, worker } = setup();
  const [first, second] = [worker(), worker()];
  for (const item of ['a.1', 'a.2', 'b.1', 'a.3', 'b.2']) expect(queue.offer(item)).toBe(true);
  expect([first.batches, second.batches]).toEqual([[['a.1']], [['b.1']]]);
  second.answer();
  second.answer();
  expect(second.batches).toEqual([['b.1'], ['b.2']]);
  first.answer();
  first.answer();
  expect(first.batches).toEqual([['a.1'], ['a.2'], ['a.3']]);
});

test('a batch has at most one item of each sequence, and waits for others as any batch does', () => {
  const { clock, queue, worker } = setup({ batchSize: 3 });
  const { batches, answer } = worker();
  for (const item of ['a.1', 'a.2', 'b.1']) queue.offer(item);
  expect(batches).toEqual([]);
  queue.offer('c.1');
  expect(batches).toEqual([['a.1', 'b.1', 'c.1']]);
  answer();
  clock.advance(99);
  expect(batches.length).toBe(1);
  clock.advance(1);
  expect(batches[1]).toEqual(['a.2']);
});

test('the next item waits for the answer of the one before, even if its consumer prefetches', () => {
  const { queue, worker } = setup();
  const { batches, ahead, answer } = worker();
  queue.offer('a.1');
  queue.offer('a.2');
  ahead();
  expect(batches).toEqual([['a.1']]);
  answer();
  expect(batches).toEqual([['a.1'], ['a.2']]);
});

test('a new sequence goes to the consumer with the fewest sequences', () => {
  const { queue, worker } = setup({ sequences: 10 });
  const [first, second] = [worker(), worker()];
  for (const id of ['a', 'b', 'c', 'd']) {
    queue.offer(`${id}.1`);
    first.answer();
    second.answer();
  }
  expect([first.batches.length, second.batches.length]).toEqual([2, 2]);
});

test('a sequence that was over and begins anew goes to another consumer, whose handler knows nothing of the old one', () => {
  const { clock, queue, worker } = setup({ maxIdleMs: 10 });
  const [first, second] = [worker(), worker()];
  for (const turn of [1, 2, 3]) {
    queue.offer(`a.${turn}`);
    for (const { batches, answer } of [first, second]) if (batches.at(-1)?.[0] === `a.${turn}`) answer();
    clock.advance(20);
  }
  expect([first.batches, second.batches]).toEqual([[['a.1'], ['a.3']], [['a.2']]]);
});

test('limits: so many sequences, and so many waiting items of each', () => {
  const { queue, worker } = setup({ sequences: 2, sequenceCapacity: 2 });
  worker();
  expect(['a.1', 'a.2', 'a.3', 'a.4', 'b.1', 'c.1'].map((item) => queue.offer(item))).toEqual([
    ...[true, true, true, false],
    ...[true, false],
  ]);
  expect(queue.length).toBe(3);
});

test('an idle sequence expires, and another may take its slot', () => {
  const { clock, queue, worker } = setup({ sequences: 1 });
  const { answer } = worker();
  queue.offer('a.1');
  clock.advance(5_000);
  // It runs: it is not idle.
  expect(queue.offer('b.1')).toBe(false);
  answer();
  clock.advance(999);
  expect(queue.offer('b.1')).toBe(false);
  clock.advance(1);
  expect(queue.offer('b.1')).toBe(true);
});

test('a sequence ends at its timeout, or when its answer ends it', () => {
  const { clock, queue, worker } = setup({ sequences: 1, maxIdleMs: 10_000, timeoutMs: 2_000 });
  const { answer } = worker();
  for (const item of ['a.1', 'a.2', 'a.3']) {
    queue.offer(item);
    answer();
    clock.advance(600);
  }
  expect(queue.offer('b.1')).toBe(false);
  clock.advance(200);
  expect(queue.offer('b.1')).toBe(true);
  answer(true);
  expect(queue.offer('c.1')).toBe(true);
});

test('a sequence is lost with its consumer: its waiting items fail, and it must be started again', () => {
  const { clock, queue, lost, worker } = setup();
  const first = worker();
  for (const item of ['a.1', 'a.2']) queue.offer(item);
  queue.release('a.1', false);
  first.leave();
  expect(lost).toEqual(['a.2']);
  const second = worker();
  expect(queue.offer('a.3')).toBe(false);
  expect(queue.offer('b.1')).toBe(true);
  second.answer();
  expect(queue.offer('a.1!')).toBe(true);
  second.answer();
  expect(queue.offer('a.2')).toBe(true);
  expect(second.batches).toEqual([['b.1'], ['a.1!'], ['a.2']]);
  second.answer();
  second.leave();
  clock.advance(1_000);
  // As long as an idle one would have been remembered.
  expect(queue.offer('a.9')).toBe(true);
});

test('a sequence none of whose items has run moves to another consumer', () => {
  const { queue, lost, worker } = setup();
  queue.offer('a.1');
  const first = worker();
  queue.offer('b.1');
  first.leave();
  expect(lost).toEqual([]);
  const second = worker();
  second.answer();
  expect([...first.batches, ...second.batches]).toEqual([['a.1'], ['b.1']]);
});

test('items without a sequence run alone, on any consumer, while no batch of the others is due', () => {
  const { clock, queue, worker } = setup({ batchSize: 2 });
  const { batches, answer } = worker();
  queue.offer('a.1');
  clock.advance(1);
  queue.offer('describe');
  expect(batches).toEqual([['describe']]);
  clock.advance(98);
  answer();
  expect(batches.length).toBe(1);
  clock.advance(1);
  expect(batches).toEqual([['describe'], ['a.1']]);
});

test('a cancelled item is removed, and all waiting items can be drained', () => {
  const { queue, worker } = setup();
  worker();
  for (const item of ['a.1', 'a.2', 'a.3', 'none', 'other']) queue.offer(item);
  expect([queue.remove('a.2'), queue.remove('a.1'), queue.remove('none')]).toEqual([true, false, true]);
  expect(queue.drain()).toEqual(['other', 'a.3']);
  expect(queue.length).toBe(0);
});

test('a consumer whose batch goes on is given the next item of each of its sequences beside it, and no one else’s', () => {
  const { queue, worker } = setup();
  const [first, second] = [worker(), worker()];
  for (const item of ['a.1', 'a.2', 'a.3', 'b.1', 'b.2']) queue.offer(item);
  expect(first.poll(0)).toEqual([]);
  expect(first.poll(5)).toEqual(['a.2']);
  expect(second.poll(5)).toEqual(['b.2']);
  queue.release('a.2', false);
  expect([first.poll(5), first.poll(5)]).toEqual([['a.3'], []]);
});

test('a sequence is over only when none of its items runs any more', () => {
  const { clock, queue, worker } = setup({ sequences: 1, maxIdleMs: 10 });
  const { poll } = worker();
  for (const item of ['a.1', 'a.2']) queue.offer(item);
  poll(1);
  queue.release('a.2', false);
  clock.advance(20);
  expect(queue.offer('b.1')).toBe(false);
  queue.release('a.1', false);
  clock.advance(20);
  expect(queue.offer('b.1')).toBe(true);
});
