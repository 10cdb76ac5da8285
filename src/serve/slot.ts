import { ToolError } from '../core/errors.ts';
import type { BatchQueue, Clock } from './batch-queue.ts';
import { type Job, passOn, settleBatch } from './job.ts';
import type { Worker } from './worker-process.ts';

export type WorkerState = 'starting' | 'ready' | 'busy' | 'waiting' | 'failed' | 'stopping';

export interface WorkerStatus {
  readonly id: string;
  readonly state: WorkerState;
  /** Undefined until it has started once. */
  readonly startedAt: Date | undefined;
  readonly pid: number | undefined;
  /** What runs the model, where its worker says it. */
  readonly provider?: string | undefined;
  /** Why it is not running, with its last output. */
  readonly lastError: ToolError | undefined;
}

export interface SlotOptions {
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
  /** It will not be started again. */
  onGivenUp(): void;
}

export interface Slot {
  readonly id: string;
  readonly stop: AbortController;
  readonly firstStart: Promise<ToolError | undefined>;
  readonly ended: Promise<void>;
  /** Ends a worker that does not finish. */
  kill(): void;
  status(): WorkerStatus;
}

/** One place in the pool: start, feed, and after a death start again with growing pauses, until stopped or given up. */
export function createSlot(options: SlotOptions): Slot {
  const { clock, backOffMs, retryWindowMs, onDeath, onGivenUp } = options;
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
  /** A start that was called off, by a scaling or an unregistering meanwhile, is no failure of whoever asked for it. */
  const whyNotStarted = () => (worker === undefined && !signal.aborted ? lastError : undefined);
  const noteDeath = (error: ToolError) => {
    lastError = error;
    onDeath(id, error);
  };

  const live = async () => {
    let failures = 0;
    let failingSince: number | undefined;
    while (!signal.aborted) {
      worker = await start();
      reportFirstStart(whyNotStarted());
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
    firstStart: Promise.race([firstStart, ended.then(whyNotStarted)]),
    ended,
    kill: () => worker?.kill(),
    status: () => ({
      id,
      state,
      startedAt: worker?.startedAt,
      pid: worker?.pid,
      provider: worker?.provider,
      lastError,
    }),
  };
}

/** Feeds a worker until it dies (the error) or is stopped (undefined). A batch at hand is always finished first. */
async function feed(
  worker: Worker,
  { queue, responseTimeoutMs }: SlotOptions,
  signal: AbortSignal,
  enter: (state: WorkerState) => void,
): Promise<ToolError | undefined> {
  let dead: ToolError | undefined;
  let wake = () => {};
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  worker.died.then((error) => {
    dead = error;
    wake();
  });
  try {
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
      wake = () => {};
      if (batch === undefined) return dead;
      enter('busy');
      const death = await answer(batch, worker, responseTimeoutMs);
      if (death !== undefined) return death;
    }
  } finally {
    // The signal lives through any number of workers, each with a feed of its own.
    signal.removeEventListener('abort', onAbort);
  }
}

/** Every job of the batch is settled; what comes back is why the worker cannot take another. */
async function answer(batch: Job[], worker: Worker, timeoutMs: number): Promise<ToolError | undefined> {
  for (const job of batch) job.begin();
  try {
    const requests = batch.map((job) => job.request);
    settleBatch(batch, await worker.predict(requests, timeoutMs, (part) => passOn(batch, part)));
    return undefined;
  } catch (error) {
    const death =
      error instanceof ToolError
        ? error
        : new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
    for (const job of batch) job.fail(death);
    return death;
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
