import { ToolError } from '../../core/errors.ts';
import type { Worker } from '../process/worker-process.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { Clock } from './clock.ts';
import { type Job, passOn, settleBatch } from './job.ts';
import { createPace } from './pace.ts';

export interface FeedOptions {
  readonly queue: BatchQueue<Job>;
  readonly clock: Clock;
  readonly responseTimeoutMs: number;
  /** Aborted when the worker is to take no more. */
  readonly signal: AbortSignal;
  /** Whether the pool has no other worker. */
  isOnly(): boolean;
  /** What the worker has, in order; it is at the first. Kept here, for whoever wants to know. */
  readonly held: Job[][];
  onBusy(isBusy: boolean): void;
}

/**
 * Feeds a worker until it dies (the error) or is stopped (undefined); what it holds is always finished first. To a quick
 * worker the next batches are sent while it is at work, so that it never waits for us. Only the batch it is at fails with
 * it; those behind were not begun, and go back to the head of the queue.
 */
export function feed(worker: Worker, options: FeedOptions): Promise<ToolError | undefined> {
  const { queue, clock, responseTimeoutMs, signal, held, isOnly, onBusy } = options;
  const pace = createPace(clock);
  let death: ToolError | undefined;
  let isLost = false;
  return new Promise((resolve) => {
    const begin = (batch: readonly Job[]) => {
      pace.begin();
      for (const job of batch) job.begin();
    };
    const want = () => {
      queue.withdraw(take);
      onBusy(held.length > 0);
      if (death === undefined && !signal.aborted) {
        if (held.length < pace.reach(isOnly())) queue.take(take, held.length > 0);
      } else if (held.length === 0) {
        signal.removeEventListener('abort', want);
        resolve(death);
      }
    };
    const take = (batch: Job[]) => {
      held.push(batch);
      if (held.length === 1) begin(batch);
      const requests = batch.map((job) => job.request);
      worker
        .predict(requests, responseTimeoutMs, (part) => passOn(batch, part))
        .then((response) => {
          pace.end();
          // Answers come in the order of the requests.
          held.shift();
          if (held[0] !== undefined) begin(held[0]);
          // What names other requests than its own is out of step: nothing more it says can be trusted.
          if (!settleBatch(batch, response)) worker.kill('it answered for a request that it was not asked');
          want();
        })
        .catch(lose);
      want();
    };
    const lose = (error: unknown) => {
      // Every batch it held says so; what is held after the first belongs to its successor.
      if (isLost) return;
      isLost = true;
      death ??= toDeath(error);
      worker.kill(death.message);
      const [running = [], ...ahead] = held.splice(0);
      for (const job of running) job.fail(death);
      queue.withdraw(take);
      queue.putBack(ahead.flat().filter(({ open }) => open));
      want();
    };
    // The signal lives through any number of workers, each with a feed of its own.
    signal.addEventListener('abort', want);
    worker.died.then((error) => {
      death ??= error;
      want();
    });
    want();
  });
}

function toDeath(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  return new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
}
