import { ToolError } from '../../core/errors.ts';
import { causeOf, hasNext, type InferenceRequest, type Prediction, type WorkerResponse } from '../protocol/messages.ts';
import type { SequenceMark } from './sequence-queue.ts';

/** How a request ended at a worker: the handler's answer, or a failure that the worker reports. */
export type Outcome =
  | { readonly kind: 'answered'; readonly prediction: Prediction }
  | {
      readonly kind: 'failed';
      readonly status: number;
      readonly message: string;
      /** The cause, if the worker reports it: for the log, not for a client. */
      readonly cause?: string | undefined;
    };

/** One queued or running request; settled exactly once, whatever happens to the worker. */
export interface Job {
  readonly request: InferenceRequest;
  /** Never batched with others: describe requests are about the model. */
  readonly unbatched: boolean;
  /** The sequence it belongs to, if the model keeps state. */
  readonly sequence?: SequenceMark | undefined;
  /** Its client has disconnected, but it still runs. */
  readonly isAbandoned?: boolean;
  /** Not settled yet. */
  readonly open: boolean;
  /** The worker starts it. */
  begin(): void;
  /** A part of a streamed answer, not the last. */
  part(prediction: Prediction): void;
  settle(outcome: Outcome): void;
  fail(error: Error): void;
}

/** TorchServe's worker reports memory errors with this code, its front end as 507 (contract 5.2). */
const WORKER_MEMORY_CODE = 413;

/** Forwards a part of a batch's answer: some of its requests may be done while others stream on. */
export function forwardPart(jobs: readonly Job[], { predictions }: WorkerResponse): void {
  const byId = new Map(jobs.map((job) => [job.request.id, job]));
  for (const prediction of predictions) {
    const job = byId.get(prediction.id);
    if (job === undefined) continue;
    if (prediction.skippedBytes === undefined && hasNext(prediction)) job.part(prediction);
    else settleJob(job, prediction);
  }
}

/** Settles every job of a batch with the answer of its id. False when an answer is missing. */
export function settleBatch(jobs: readonly Job[], response: WorkerResponse): boolean {
  const { code, predictions } = response;
  if (code !== 200) {
    failBatch(jobs, response);
    return true;
  }
  let all = true;
  for (const [index, job] of jobs.entries()) {
    const { id } = job.request;
    // Usually in order.
    const sameIndex = predictions[index];
    const prediction = sameIndex?.id === id ? sameIndex : predictions.find((other) => other.id === id);
    all &&= prediction !== undefined;
    settleJob(job, prediction);
  }
  return all;
}

export function failBatch(jobs: readonly Job[], response: WorkerResponse): void {
  const { code, message } = response;
  const status = code === WORKER_MEMORY_CODE ? 507 : code;
  const cause = causeOf(response);
  for (const job of jobs) job.settle({ kind: 'failed', status, message, cause });
}

/** With its answer, or with the lack of one. */
export function settleJob(job: Job, prediction: Prediction | undefined): void {
  if (prediction === undefined) {
    const problem = `the answer to request ${job.request.id} is missing`;
    job.fail(new ToolError('WORKER_PROTOCOL', { problem }));
  } else if (prediction.skippedBytes !== undefined) job.fail(tooLarge(prediction.skippedBytes));
  else job.settle({ kind: 'answered', prediction });
}

function tooLarge(bytes: number): ToolError {
  return new ToolError('RESPONSE_TOO_LARGE', { bytes });
}
