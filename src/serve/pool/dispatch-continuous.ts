import type { ToolError } from '../../core/errors.ts';
import { WorkerDeath } from '../process/worker-failure.ts';
import type { Worker } from '../process/worker-process.ts';
import { hasNext, type WorkerResponse } from '../protocol/messages.ts';
import { type DispatchOptions, toDeath } from './dispatch.ts';
import { failBatch, type Job, settleJob } from './job.ts';

export interface ContinuousOptions extends DispatchOptions {
  readonly batchSize: number;
}

/**
 * Continuous batching (contract 2.4): a batch is sent again and again, each time for one more part of every answer. A
 * request with a complete answer leaves it, and a queued one takes its slot at once. A body is sent once: the handler
 * keeps its own state of it, by the request's id. Resolves as `dispatch` does.
 */
export async function dispatchContinuously(
  worker: Worker,
  { queue, responseTimeoutMs, signal, batchSize, inFlight, onBusy }: ContinuousOptions,
): Promise<ToolError | undefined> {
  /** Whether the worker has the body of each. */
  const active = new Map<Job, boolean>();
  const add = (jobs: readonly Job[]) => {
    for (const job of jobs) {
      active.set(job, false);
      job.begin();
    }
  };
  let death: ToolError | undefined;
  let wake = () => {};
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  void worker.died.then((error) => {
    death ??= error;
    wake();
  });
  let receiveBatch: (batch: readonly Job[]) => void = () => {};
  /** The same for every batch: a queue gives the requests of a sequence to one consumer. */
  const consume = (batch: readonly Job[]) => receiveBatch(batch);
  const waitForBatch = async () => {
    const batch = await new Promise<readonly Job[]>((resolve) => {
      receiveBatch = resolve;
      wake = () => {
        queue.withdraw(consume);
        resolve([]);
      };
      queue.take(consume);
    });
    wake = () => {};
    add(batch);
  };
  const exchange = async () => {
    const requests = [...active].map(([{ request }, isKnown]) => (isKnown ? { ...request, parameters: [] } : request));
    try {
      const response = await worker.predict(requests, responseTimeoutMs, undefined, true);
      // An answer to a foreign request id: the stream is out of step and cannot be trusted any more.
      if (!receiveParts(active, response)) worker.kill('it answered for a request that it was not asked');
    } catch (error) {
      death ??= toDeath(error);
      worker.kill(death.message);
    }
  };

  while (death === undefined && !(signal.aborted && active.size === 0)) {
    onBusy(active.size > 0);
    inFlight.splice(0, inFlight.length, ...(active.size > 0 ? [[...active.keys()]] : []));
    if (active.size === 0) {
      await waitForBatch();
      continue;
    }
    await exchange();
    const [first] = active.keys();
    if (!signal.aborted && first?.unbatched === false) add(queue.poll(consume, batchSize - active.size));
  }
  signal.removeEventListener('abort', onAbort);
  inFlight.length = 0;
  const answer = death instanceof WorkerDeath ? death.forClients : death;
  if (answer !== undefined) for (const job of active.keys()) job.fail(answer);
  queue.leave(consume);
  return death;
}

/** One part for every request. False when one has none. */
function receiveParts(active: Map<Job, boolean>, response: WorkerResponse): boolean {
  if (response.code !== 200) {
    failBatch([...active.keys()], response);
    active.clear();
    return true;
  }
  const byId = new Map(response.predictions.map((prediction) => [prediction.id, prediction]));
  let all = true;
  for (const job of active.keys()) {
    const prediction = byId.get(job.request.id);
    all &&= prediction !== undefined;
    const goesOn = prediction !== undefined && prediction.skippedBytes === undefined && hasNext(prediction);
    // The rest of an answer has no reader if its client has disconnected.
    if (!goesOn || job.isAbandoned === true) {
      settleJob(job, prediction);
      active.delete(job);
    } else {
      job.part(prediction);
      active.set(job, true);
    }
  }
  return all;
}
