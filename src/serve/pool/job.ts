import { ToolError } from '../../core/errors.ts';
import { hasNext, type InferenceRequest, type Prediction, type WorkerResponse } from '../protocol/messages.ts';

/** How a request ended that reached a worker: with the handler's answer, or with a failure the worker reports in words. */
export type Outcome =
  | { readonly kind: 'answered'; readonly prediction: Prediction }
  | { readonly kind: 'failed'; readonly status: number; readonly message: string };

/** One request on its way; settled exactly once, whatever happens to the worker. */
export interface Job {
  readonly request: InferenceRequest;
  /** Describe requests are answered for the model, not for a batch. */
  readonly alone: boolean;
  /** It is not settled: somebody waits for it. */
  readonly open: boolean;
  /** A worker has it now. */
  begin(): void;
  /** A piece of the answer that more pieces follow. */
  part(prediction: Prediction): void;
  settle(outcome: Outcome): void;
  fail(error: Error): void;
}

/** A status that upstream's worker uses for memory errors and its front end shows as 507 (contract 5.2). */
const WORKER_MEMORY_CODE = 413;

/** A part of a batch's answer: some of its requests may be done while others go on. */
export function passOn(jobs: readonly Job[], { predictions }: WorkerResponse): void {
  const byId = new Map(jobs.map((job) => [job.request.id, job]));
  for (const prediction of predictions) {
    if (hasNext(prediction)) byId.get(prediction.id)?.part(prediction);
    else byId.get(prediction.id)?.settle({ kind: 'answered', prediction });
  }
}

/** Gives every job of a batch its own answer: by id, because only the id proves whose it is. False when one had none. */
export function settleBatch(jobs: readonly Job[], { code, message, predictions }: WorkerResponse): boolean {
  if (code !== 200) {
    const status = code === WORKER_MEMORY_CODE ? 507 : code;
    for (const job of jobs) job.settle({ kind: 'failed', status, message });
    return true;
  }
  let all = true;
  for (const [index, job] of jobs.entries()) {
    const { id } = job.request;
    // They come in order, where a worker does what it should.
    const inPlace = predictions[index];
    const prediction = inPlace?.id === id ? inPlace : predictions.find((other) => other.id === id);
    if (prediction !== undefined) job.settle({ kind: 'answered', prediction });
    else {
      all = false;
      job.fail(new ToolError('WORKER_PROTOCOL', { problem: `the answer to request ${id} is missing` }));
    }
  }
  return all;
}
