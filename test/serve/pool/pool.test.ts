import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { ToolError } from '../../../src/core/errors.ts';
import { createBatchQueue } from '../../../src/serve/pool/batch-queue.ts';
import type { Job, Outcome } from '../../../src/serve/pool/job.ts';
import { createPool } from '../../../src/serve/pool/pool.ts';
import { backOffMs } from '../../../src/serve/pool/restart-backoff.ts';
import type { Worker } from '../../../src/serve/process/worker-process.ts';
import { answerAll } from './answer-all.ts';

const died = new ToolError('WORKER_DIED', { reason: 'on purpose', output: [] });

interface FakeWorker extends Worker {
  die(): void;
}

/** A worker without a process: dies when told, answers each request with its id. */
function fakeWorker(predict: Worker['predict'] = async (requests) => answerAll(requests)): FakeWorker {
  let die = () => {};
  const gone = new Promise<ToolError>((resolve) => {
    die = () => resolve(died);
  });
  return { pid: 1, startedAt: new Date(0), died: gone, die, predict, stop: async () => die(), kill: () => die() };
}

/** Pauses end at once and are written down instead. */
function setup(starts: (id: string, signal: AbortSignal) => Promise<Worker>, retryWindowMs = 60_000) {
  const pauses: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    after(ms: number, act: () => void) {
      pauses.push(ms);
      now += ms;
      const timer = setImmediate(act);
      return () => clearImmediate(timer);
    },
  };
  const queue = createBatchQueue<Job>({ batchSize: 1, maxDelayMs: 0, capacity: 10 }, clock);
  let id = 0;
  const events: string[] = [];
  const pool = createPool({
    queue,
    clock,
    backOffMs,
    start: starts,
    nextId: () => String(++id),
    responseTimeoutMs: 1000,
    retryWindowMs,
    onDeath: () => void events.push('death'),
    onExhausted: () => void events.push('exhausted'),
  });
  return { pool, queue, pauses, events };
}

function submit(queue: { offer(job: Job): boolean }, id: string): Promise<Outcome | Error> {
  return new Promise((resolve) => {
    queue.offer({
      request: { id, headers: [], parameters: [] },
      unbatched: false,
      open: true,
      begin() {},
      part() {},
      settle: resolve,
      fail: resolve,
    });
  });
}

test('a worker that cannot start is restarted after 1, 1, 2, 3, 5, 8 … seconds, and given up after the retry window', async () => {
  const { pool, pauses, events } = setup(() => Promise.reject(died));
  expect(await pool.scale(1)).toEqual([died]);
  await expect.poll(() => events.at(-1)).toBe('exhausted');
  expect(pauses.map((ms) => ms / 1000)).toEqual([1, 1, 2, 3, 5, 8, 13, 21, 34]);
  expect(pool.alive).toBe(0);
  expect(pool.statuses()).toMatchObject([{ state: 'failed', lastError: died }]);
});

test('a successful start resets the back-off', async () => {
  const workers: FakeWorker[] = [];
  const { pool, pauses } = setup(async () => {
    const worker = fakeWorker();
    workers.push(worker);
    return worker;
  });
  expect(await pool.scale(1)).toEqual([]);
  for (let i = 1; i < 4; i++) {
    workers.at(-1)?.die();
    await expect.poll(() => workers.length).toBe(i + 1);
  }
  expect(pauses).toEqual([1000, 1000, 1000]);
  await pool.close(0);
});

test('the death of a worker fails its running requests and no other', async () => {
  let first = true;
  const { pool, queue } = setup(async () => {
    const fails = first;
    first = false;
    return fakeWorker(async (requests) => {
      if (fails) throw died;
      return answerAll(requests);
    });
  });
  const outcomes = [submit(queue, 'a'), submit(queue, 'b'), submit(queue, 'c')];
  await pool.scale(1);
  expect(await outcomes[0]).toBe(died);
  expect(await outcomes[1]).toMatchObject({ kind: 'answered', prediction: { id: 'b' } });
  expect(await outcomes[2]).toMatchObject({ kind: 'answered', prediction: { id: 'c' } });
  await pool.close(0);
});

test('an answer with another request id is never given to the request', async () => {
  const { pool, queue } = setup(async () => fakeWorker(async () => answerAll([{ id: 'other' }])));
  await pool.scale(1);
  expect(await submit(queue, 'mine')).toMatchObject({ code: 'WORKER_PROTOCOL' });
  await pool.close(0);
});

test('scaling down lets the running batch finish', async () => {
  const running: (() => void)[] = [];
  const { pool, queue } = setup(async () =>
    fakeWorker((requests) => new Promise((resolve) => running.push(() => resolve(answerAll(requests))))),
  );
  await pool.scale(1);
  const outcome = submit(queue, 'a');
  await expect.poll(() => running.length).toBe(1);
  const scaled = pool.scale(0);
  running[0]?.();
  await scaled;
  expect(await outcome).toMatchObject({ kind: 'answered' });
  expect(pool.size).toBe(0);
});

test('restarts leave no listener on the abort signal', async () => {
  const signals: AbortSignal[] = [];
  const workers: FakeWorker[] = [];
  const { pool } = setup(async (_id, signal) => {
    const worker = fakeWorker();
    signals.push(signal);
    workers.push(worker);
    return worker;
  });
  await pool.scale(1);
  for (let restart = 1; restart <= 20; restart++) {
    workers.at(-1)?.die();
    await expect.poll(() => workers.length).toBe(restart + 1);
  }
  expect(getEventListeners(signals[0] as AbortSignal, 'abort').length).toBeLessThanOrEqual(2);
  await pool.close(0);
});

test('scaling a closed pool starts no worker', async () => {
  let starts = 0;
  const { pool } = setup(async () => {
    starts++;
    return fakeWorker();
  });
  await pool.close(0);
  expect(await pool.scale(2)).toEqual([]);
  expect({ starts, size: pool.size }).toEqual({ starts: 0, size: 0 });
});
