import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { ToolError } from '../../../src/core/errors.ts';
import { createBatchQueue } from '../../../src/serve/pool/batch-queue.ts';
import { dispatch } from '../../../src/serve/pool/dispatch.ts';
import type { Job, Outcome } from '../../../src/serve/pool/job.ts';
import type { Worker } from '../../../src/serve/process/worker-process.ts';
import type { WorkerResponse } from '../../../src/serve/protocol/messages.ts';
import { answerAll } from './answer-all.ts';

const died = new ToolError('WORKER_DIED', { reason: 'on purpose', output: [] });

/** A worker that answers when the test says so, and a clock that the test turns. */
function setup({ batchSize = 1, capacity = 100, isOnly = false } = {}) {
  let now = 0;
  const clock = { now: () => now, after: () => () => {} };
  const queue = createBatchQueue<Job>({ batchSize, maxDelayMs: 0, capacity }, clock);
  const stop = new AbortController();
  const outcomes: Record<string, string> = {};
  const begun: string[] = [];
  /** As in a supervised worker: one list for all the processes that it has, one after another. */
  const held: Job[][] = [];
  const offer = (...ids: string[]) => {
    for (const id of ids)
      queue.offer({
        request: { id, headers: [], parameters: [] },
        unbatched: false,
        get open() {
          return outcomes[id] === undefined;
        },
        begin: () => void begun.push(id),
        part() {},
        settle: (outcome) => note(id, bodyOf(outcome)),
        fail: (error) => note(id, (error as ToolError).code),
      });
  };
  const note = (id: string, text: string) => {
    outcomes[id] = outcomes[id] === undefined ? text : `${outcomes[id]}, then ${text}`;
  };
  const start = ({ lingers = false, list = held } = {}) => {
    const worker = quietWorker(lingers);
    return {
      ...worker,
      end: dispatch(worker, {
        queue,
        clock,
        responseTimeoutMs: 1,
        signal: stop.signal,
        inFlight: list,
        isOnly: () => isOnly,
        onBusy() {},
      }),
    };
  };
  const pass = (ms: number) => {
    now += ms;
  };
  const abandon = (id: string) => note(id, 'abandoned');
  return { queue, stop, outcomes, begun, offer, abandon, start, pass };
}

interface QuietWorker extends Worker {
  /** Ids of the requests it holds, batch by batch. */
  readonly held: string[][];
  /** Fails the first batch it holds, and says nothing of the others yet. */
  failFirst(): Promise<void>;
  /** Answers the first batch it holds. */
  answer(ids?: readonly string[]): Promise<void>;
  die(): Promise<void>;
  readonly killed: () => boolean;
}

/** One that `lingers` is not gone as soon as it is killed. */
function quietWorker(lingers: boolean): QuietWorker {
  const held: string[][] = [];
  const open: { resolve(response: WorkerResponse): void; reject(error: Error): void }[] = [];
  let killed = false;
  let sayDead: (error: ToolError) => void = () => {};
  const gone = new Promise<ToolError>((resolve) => {
    sayDead = resolve;
  });
  const die = async () => {
    for (const { reject } of open.splice(0)) reject(died);
    sayDead(died);
    await settled();
  };
  return {
    pid: 1,
    startedAt: new Date(0),
    died: gone,
    held,
    predict: (requests) =>
      new Promise((resolve, reject) => {
        held.push(requests.map(({ id }) => id));
        open.push({ resolve, reject });
      }),
    stop: async () => sayDead(died),
    kill: () => {
      killed = true;
      if (!lingers) void die();
    },
    killed: () => killed,
    die,
    async failFirst() {
      open.shift()?.reject(died);
      await settled();
    },
    async answer(ids) {
      const batch = held.shift() ?? [];
      open.shift()?.resolve(answerAll((ids ?? batch).map((id) => ({ id }))));
      await settled();
    },
  };
}

const bodyOf = (outcome: Outcome) =>
  outcome.kind === 'answered' ? `answer ${Buffer.from(outcome.prediction.body)}` : outcome.message;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('nothing is prefetched before the first answer', () => {
  const { start, offer, queue } = setup();
  const { held } = start();
  offer('a', 'b');
  expect(held).toEqual([['a']]);
  expect(queue.length).toBe(1);
});

test('a fast worker prefetches, and each batch starts when the one before is answered', async () => {
  const { start, offer, begun, outcomes } = setup();
  const worker = start();
  offer('a', 'b', 'c');
  await worker.answer();
  expect(worker.held).toEqual([['b'], ['c']]);
  expect(begun).toEqual(['a', 'b']);
  await worker.answer();
  await worker.answer();
  expect(begun).toEqual(['a', 'b', 'c']);
  expect(outcomes).toEqual({ a: 'answer a', b: 'answer b', c: 'answer c' });
});

test('a slow worker prefetches nothing: another may be idle sooner', async () => {
  const { start, offer, pass, queue } = setup();
  const worker = start();
  offer('a', 'b', 'c');
  pass(50);
  await worker.answer();
  expect(worker.held).toEqual([['b']]);
  expect(queue.length).toBe(1);
});

test('the only worker prefetches two batches though it is slow, but no more', async () => {
  const { start, offer, pass } = setup({ isOnly: true });
  const worker = start();
  offer('a', 'b', 'c', 'd', 'e');
  pass(50);
  await worker.answer();
  expect(worker.held).toEqual([['b'], ['c'], ['d']]);
  pass(5000);
  await worker.answer();
  expect(worker.held).toEqual([['c'], ['d']]);
});

test('one slow recent answer stops prefetching', async () => {
  const { start, offer, pass } = setup();
  const worker = start();
  for (let i = 0; i < 50; i++) {
    offer(`quick ${i}`);
    if (i === 10) pass(50);
    await worker.answer();
  }
  offer('a', 'b');
  expect(worker.held).toEqual([['a']]);
  for (let i = 0; i < 50; i++) {
    await worker.answer();
    offer(`quick again ${i}`);
  }
  expect(worker.held.length).toBeGreaterThan(1);
});

test('an idle worker gets the next batch before a busy one', async () => {
  const { start, offer } = setup();
  const quick = start();
  offer('a');
  await quick.answer();
  offer('b');
  const other = start({ list: [] });
  offer('c', 'd');
  expect([quick.held, other.held]).toEqual([[['b'], ['d']], [['c']]]);
});

test('a death fails the running batch; prefetched batches are answered by another worker', async () => {
  const { start, offer, outcomes, queue } = setup();
  const worker = start();
  offer('a', 'b', 'c', 'd');
  await worker.answer();
  expect(worker.held).toEqual([['b'], ['c'], ['d']]);
  await worker.die();
  expect(await worker.end).toBe(died);
  expect(outcomes).toEqual({ a: 'answer a', b: 'WORKER_DIED' });
  expect(queue.length).toBe(2);
  const next = start();
  expect(next.held).toEqual([['c']]);
  await next.answer();
  await next.answer();
  expect(outcomes).toMatchObject({ c: 'answer c', d: 'answer d' });
});

test('a cancelled prefetched request is not put back', async () => {
  const { start, offer, abandon, outcomes, queue } = setup();
  const worker = start();
  offer('a', 'b', 'c', 'd');
  await worker.answer();
  abandon('c');
  await worker.die();
  expect(queue.drain().map(({ request }) => request.id)).toEqual(['d']);
  expect(outcomes).toEqual({ a: 'answer a', b: 'WORKER_DIED', c: 'abandoned' });
});

test('a late error of a dead worker does not touch the batches of its successor', async () => {
  const { start, offer, outcomes } = setup();
  const worker = start({ lingers: true });
  offer('a', 'b', 'c', 'd');
  await worker.answer();
  await worker.failFirst();
  const next = start();
  await worker.die();
  await next.answer();
  await next.answer();
  expect(outcomes).toEqual({ a: 'answer a', b: 'WORKER_DIED', c: 'answer c', d: 'answer d' });
});

test('prefetched requests are put back although the queue is full', async () => {
  const { start, offer, queue } = setup({ capacity: 2 });
  const worker = start();
  offer('a');
  await worker.answer();
  offer('b', 'c', 'd');
  await worker.die();
  expect(queue.length).toBe(2);
});

test('a worker that answers a foreign request id is killed, with its running request', async () => {
  const { start, offer, outcomes, queue } = setup();
  const worker = start();
  offer('a', 'b', 'c');
  await worker.answer();
  await worker.answer(['somebody else']);
  expect(worker.killed()).toBe(true);
  await worker.end;
  expect(outcomes).toEqual({ a: 'answer a', b: 'WORKER_PROTOCOL', c: 'WORKER_DIED' });
  expect(queue.length).toBe(0);
});

test('a stopped worker finishes its in-flight batches and takes no more', async () => {
  const { start, offer, stop, outcomes, queue } = setup();
  const worker = start();
  offer('a', 'b');
  await worker.answer();
  offer('c');
  stop.abort();
  offer('d');
  await worker.answer();
  await worker.answer();
  expect(await worker.end).toBeUndefined();
  expect(outcomes).toEqual({ a: 'answer a', b: 'answer b', c: 'answer c' });
  expect(queue.length).toBe(1);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});
