import type { ToolError } from '../../core/errors.ts';
import { WorkerDeath } from '../process/worker-failure.ts';
import type { Worker } from '../process/worker-process.ts';
import { type DispatchOptions, toDeath } from './dispatch.ts';
import { forwardPart, type Job, settleBatch } from './job.ts';

/** Most batches that one worker has at a time: each is a coroutine with its inputs in memory, and what comes after can wait in the queue. */
const MOST_AT_ONCE = 1_000;

/**
 * For a worker that runs its batches side by side (asyncCommunication): it is sent each as soon as it is due, and answers them in
 * whichever order they are done. Resolves as `dispatch` does.
 */
export function dispatchSideBySide(
  worker: Worker,
  { queue, responseTimeoutMs, signal, onBusy }: DispatchOptions,
): Promise<ToolError | undefined> {
  const running = new Set<readonly Job[]>();
  let death: ToolError | undefined;
  return new Promise((resolve) => {
    const requestNext = () => {
      queue.withdraw(send);
      onBusy(running.size > 0);
      if (death === undefined && !signal.aborted) {
        if (running.size < MOST_AT_ONCE) queue.take(send);
      } else if (running.size === 0) {
        signal.removeEventListener('abort', requestNext);
        queue.leave(send);
        resolve(death);
      }
    };
    const send = (batch: Job[]) => {
      running.add(batch);
      for (const job of batch) job.begin();
      const requests = batch.map((job) => job.request);
      worker
        .predict(requests, responseTimeoutMs, (part) => forwardPart(batch, part))
        .then((response) => {
          // An answer to a foreign request id: the stream is out of step and cannot be trusted any more.
          if (!settleBatch(batch, response)) worker.kill('it answered for a request that it was not asked');
        })
        .catch((error: unknown) => {
          death ??= toDeath(error);
          worker.kill(death.message);
          const answer = death instanceof WorkerDeath ? death.forClients : death;
          for (const job of batch) job.fail(answer);
        })
        .finally(() => {
          running.delete(batch);
          requestNext();
        });
      requestNext();
    };
    // Removed at the end: the signal outlives this worker, its restarts share it.
    signal.addEventListener('abort', requestNext);
    void worker.died.then((error) => {
      death ??= error;
      requestNext();
    });
    requestNext();
  });
}
