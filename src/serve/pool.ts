import { ToolError } from '../core/errors.ts';
import type { BatchQueue, Clock } from './batch-queue.ts';
import { type Job, settleBatch } from './job.ts';
import type { Worker } from './worker-process.ts';

export type WorkerState = 'starting' | 'ready' | 'busy' | 'waiting' | 'failed' | 'stopping';

export interface WorkerStatus {
  readonly id: string;
  readonly state: WorkerState;
  /** Undefined until it has started once. */
  readonly startedAt: Date | undefined;
  readonly pid: number | undefined;
  /** Why it is not running, with its last output. */
  readonly lastError: ToolError | undefined;
}

export interface PoolOptions {
  readonly queue: BatchQueue<Job>;
  readonly clock: Clock;
  start(id: string, signal: AbortSignal): Promise<Worker>;
  /** Ids are never reused, over all models. */
  nextId(): string;
  readonly responseTimeoutMs: number;
  /** After this long without one good start a worker is given up. */
  readonly retryWindowMs: number;
  backOffMs(failures: number): number;
  onDeath(id: string, error: ToolError): void;
  /** The last worker was given up. */
  onExhausted(): void;
}

export interface Pool {
  /**
   * Sets how many workers there are. Resolves when each new one has loaded its model or failed its first try; workers too
   * many finish what they run. The result holds the failures.
   */
  scale(count: number): Promise<readonly ToolError[]>;
  readonly size: number;
  /** Workers that are, or will again be, able to answer. */
  readonly alive: number;
  /** Whether one has its model loaded now. */
  readonly hasReady: boolean;
  statuses(): WorkerStatus[];
  /** Ends all workers: what they run is finished within the grace, or fails with them. */
  close(graceMs: number): Promise<void>;
}

interface Slot {
  readonly id: string;
  readonly stop: AbortController;
  readonly firstStart: Promise<ToolError | undefined>;
  readonly ended: Promise<void>;
  /** Ends a worker that does not finish. */
  kill(): void;
  status(): WorkerStatus;
}

/** Keeps a number of workers alive and feeds each one batch at a time; which one is free decides who gets the next. */
export function createPool(options: PoolOptions): Pool {
  let slots: Slot[] = [];
  const countAlive = () => slots.filter((slot) => slot.status().state !== 'failed').length;
  const onGivenUp = () => {
    if (countAlive() === 0) options.onExhausted();
  };

  return {
    async scale(count) {
      const leaving = slots.slice(count);
      const added = Array.from({ length: Math.max(0, count - slots.length) }, () => createSlot(options, onGivenUp));
      slots = [...slots.slice(0, count), ...added];
      for (const slot of leaving) slot.stop.abort();
      await Promise.all(leaving.map((slot) => slot.ended));
      const failures = await Promise.all(added.map((slot) => slot.firstStart));
      return failures.filter((failure) => failure !== undefined);
    },
    get size() {
      return slots.length;
    },
    get alive() {
      return countAlive();
    },
    get hasReady() {
      return slots.some((slot) => ['ready', 'busy'].includes(slot.status().state));
    },
    statuses: () => slots.map((slot) => slot.status()),
    async close(graceMs) {
      const leaving = slots;
      slots = [];
      for (const slot of leaving) slot.stop.abort();
      const cancel = options.clock.after(graceMs, () => {
        for (const slot of leaving) slot.kill();
      });
      await Promise.all(leaving.map((slot) => slot.ended));
      cancel();
    },
  };
}

/** One place in the pool: start, feed, and after a death start again with growing pauses, until stopped or given up. */
function createSlot(options: PoolOptions, onGivenUp: () => void): Slot {
  const { clock, backOffMs, retryWindowMs, onDeath } = options;
  const id = options.nextId();
  const stop = new AbortController();
  const { signal } = stop;
  let state: WorkerState = 'starting';
  let worker: Worker | undefined;
  let lastError: ToolError | undefined;
  let reportFirstStart: (failure: ToolError | undefined) => void = () => {};
  const firstStart = new Promise<ToolError | undefined>((resolve) => {
    reportFirstStart = resolve;
  });

  const enter = (next: WorkerState) => {
    state = signal.aborted ? 'stopping' : next;
  };
  const start = async (): Promise<Worker | undefined> => {
    enter('starting');
    try {
      return await options.start(id, signal);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      lastError = error;
      return undefined;
    }
  };
  const noteDeath = (error: ToolError) => {
    lastError = error;
    onDeath(id, error);
  };

  const live = async () => {
    let failures = 0;
    let failingSince: number | undefined;
    while (!signal.aborted) {
      worker = await start();
      reportFirstStart(worker === undefined ? lastError : undefined);
      if (worker !== undefined) {
        failures = 0;
        failingSince = undefined;
        const death = await feed(worker, options, signal, enter);
        if (death === undefined) break;
        noteDeath(death);
        worker = undefined;
      } else if (!signal.aborted && lastError !== undefined) noteDeath(lastError);
      failingSince ??= clock.now();
      if (clock.now() - failingSince >= retryWindowMs) {
        enter('failed');
        onGivenUp();
        return;
      }
      enter('waiting');
      await pause(backOffMs(failures++), clock, signal);
    }
    enter('stopping');
    await worker?.stop();
  };
  const ended = live().catch((error: unknown) => {
    // Only a mistake of ours gets here; the slot is lost, the pool goes on.
    lastError = new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
    reportFirstStart(lastError);
    enter('failed');
  });

  return {
    id,
    stop,
    firstStart: Promise.race([firstStart, ended.then(() => lastError)]),
    ended,
    kill: () => worker?.kill(),
    status: () => ({ id, state, startedAt: worker?.startedAt, pid: worker?.pid, lastError }),
  };
}

/** Feeds a worker until it dies (the error) or is stopped (undefined). A batch at hand is always finished first. */
async function feed(
  worker: Worker,
  { queue, responseTimeoutMs }: PoolOptions,
  signal: AbortSignal,
  enter: (state: WorkerState) => void,
): Promise<ToolError | undefined> {
  let dead: ToolError | undefined;
  let wake: (() => void) | undefined;
  worker.died.then((error) => {
    dead = error;
    wake?.();
  });
  signal.addEventListener('abort', () => wake?.(), { once: true });
  for (;;) {
    enter('ready');
    const batch = await new Promise<Job[] | undefined>((resolve) => {
      if (dead !== undefined || signal.aborted) return resolve(undefined);
      let cancel = () => {};
      wake = () => {
        cancel();
        resolve(undefined);
      };
      cancel = queue.take(resolve);
    });
    wake = undefined;
    if (batch === undefined) return dead;
    enter('busy');
    for (const job of batch) job.begin();
    try {
      const requests = batch.map((job) => job.request);
      settleBatch(batch, await worker.predict(requests, responseTimeoutMs));
    } catch (error) {
      const death =
        error instanceof ToolError
          ? error
          : new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
      for (const job of batch) job.fail(death);
      return death;
    }
  }
}

function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
