import { ToolError } from '../../core/errors.ts';
import { WorkerDeath } from '../process/worker-failure.ts';
import type { Worker } from '../process/worker-process.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { Clock } from './clock.ts';
import { forwardPart, type Job, settleBatch } from './job.ts';
import { createPrefetchDepth } from './prefetch-depth.ts';

export interface DispatchOptions {
  readonly queue: BatchQueue<Job>;
  readonly clock: Clock;
  readonly responseTimeoutMs: number;
  /** Aborted when the worker shall take no more batches. */
  readonly signal: AbortSignal;
  /** Whether this is the pool's only worker. */
  isOnly(): boolean;
  /** Batches sent to the worker, in order: the first is running, the others are prefetched. */
  readonly inFlight: Job[][];
  onBusy(isBusy: boolean): void;
}

/**
 * Sends batches from the queue to one worker until it dies (resolves with the error) or is stopped (undefined). In-flight
 * batches finish first. A fast worker gets its next batches while it is still running one (prefetch), so that it never
 * idles. When the worker dies only the running batch fails; prefetched batches go back to the head of the queue.
 */
export function dispatch(worker: Worker, options: DispatchOptions): Promise<ToolError | undefined> {
  const { queue, clock, responseTimeoutMs, signal, inFlight, isOnly, onBusy } = options;
  const prefetch = createPrefetchDepth(clock);
  let death: ToolError | undefined;
  let hasFailed = false;
  return new Promise((resolve) => {
    const begin = (batch: readonly Job[]) => {
      prefetch.begin();
      for (const job of batch) job.begin();
    };
    const requestNext = () => {
      queue.withdraw(send);
      onBusy(inFlight.length > 0);
      if (death === undefined && !signal.aborted) {
        if (inFlight.length < prefetch.depth(isOnly())) queue.take(send, inFlight.length > 0);
      } else if (inFlight.length === 0) {
        signal.removeEventListener('abort', requestNext);
        queue.leave(send);
        resolve(death);
      }
    };
    const send = (batch: Job[]) => {
      inFlight.push(batch);
      if (inFlight.length === 1) begin(batch);
      const requests = batch.map((job) => job.request);
      worker
        .predict(requests, responseTimeoutMs, (part) => forwardPart(batch, part))
        .then((response) => {
          prefetch.end();
          // Answers come in the order of the requests.
          inFlight.shift();
          if (inFlight[0] !== undefined) begin(inFlight[0]);
          // An answer to a foreign request id: the stream is out of step and cannot be trusted any more.
          if (!settleBatch(batch, response)) worker.kill('it answered for a request that it was not asked');
          requestNext();
        })
        .catch(fail);
      requestNext();
    };
    const fail = (error: unknown) => {
      // Every in-flight batch rejects; the first call handles them all.
      if (hasFailed) return;
      hasFailed = true;
      death ??= toDeath(error);
      worker.kill(death.message);
      const [running = [], ...prefetched] = inFlight.splice(0);
      const answer = death instanceof WorkerDeath ? death.forClients : death;
      for (const job of running) job.fail(answer);
      queue.withdraw(send);
      queue.putBack(prefetched.flat().filter(({ open }) => open));
      requestNext();
    };
    // Removed at the end: the signal outlives this worker, its restarts share it.
    signal.addEventListener('abort', requestNext);
    worker.died.then((error) => {
      death ??= error;
      requestNext();
    });
    requestNext();
  });
}

export function toDeath(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  return new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
}
