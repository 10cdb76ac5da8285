import { ToolError } from '../../core/errors.ts';
import type { PredictionTimes } from '../metrics/metrics.ts';
import type { Clock } from '../pool/clock.ts';
import type { Job, Outcome } from '../pool/job.ts';
import type { InferenceRequest, Prediction } from '../protocol/messages.ts';
import { createInFlightCounter, type InFlightCounter } from './in-flight-counter.ts';
import type { Model } from './model.ts';
import { endsSequence, type SequenceHeaders, toSequenced } from './sequences.ts';

export interface PredictionCall {
  readonly model: string;
  readonly version: string | undefined;
  readonly request: InferenceRequest;
  /** Registers `cancel` for when the client disconnects. Calling `cancel` after the answer does nothing. */
  readonly onGone?: (cancel: () => void) => void;
  /** Receives each part of a streamed answer but the last. Without it the parts are joined into one answer. */
  readonly onPart?: (prediction: Prediction) => void;
}

/** All requests that are queued or running: bounded in bytes, each settled exactly once. */
export interface InFlightRequests {
  /** An `unbatched` request never shares a batch. */
  submit(model: Model, call: PredictionCall, unbatched: boolean): Promise<Outcome>;
  /** Fails every queued request of the model. */
  failQueued(model: Model, toError: () => ToolError): void;
  /** Keep-alive for a request made of several predictions: not idle until the result is called. */
  keepAlive(): () => void;
  /** Waits until no request (of one model) is in flight; false when the grace period ended first. */
  idle(graceMs: number, model?: Model): Promise<boolean>;
}

export interface InFlightOptions {
  readonly clock: Clock;
  /** Bytes of all requests in flight. */
  readonly inFlightBytes: number;
  readonly sequenceHeaders: SequenceHeaders;
  observe(times: PredictionTimes): void;
}

interface State extends InFlightOptions {
  readonly counter: InFlightCounter<Model>;
  bytes: number;
}

export function createInFlightRequests(options: InFlightOptions): InFlightRequests {
  const state: State = { ...options, counter: createInFlightCounter(options.clock), bytes: 0 };
  return {
    submit: (model, call, unbatched) => submit(state, model, call, unbatched),
    failQueued(model, toError) {
      for (const job of model.queue.drain()) job.fail(toError());
    },
    keepAlive: () => state.counter.begin(),
    idle: state.counter.idle,
  };
}

function submit(state: State, model: Model, call: PredictionCall, unbatched: boolean): Promise<Outcome> {
  const { counter, clock, observe, inFlightBytes, sequenceHeaders } = state;
  return new Promise((resolve, reject) => {
    const bytes = call.request.parameters.reduce((sum, { value }) => sum + value.length, 0);
    const queuedAt = clock.now();
    const sequenced =
      model.settings.sequences === undefined || unbatched ? undefined : toSequenced(call.request, sequenceHeaders);
    let begunAt: number | undefined;
    const parts: Uint8Array[] = [];
    let cancelExpiry = () => {};
    const finish = (act: () => void, answer?: Prediction) => {
      if (!job.open) return;
      job.open = false;
      state.bytes -= bytes;
      cancelExpiry();
      act();
      model.queue.release(job, sequenced !== undefined && endsSequence(sequenced, answer, sequenceHeaders));
      end();
    };
    // `open` is a plain flag: with a getter or a set of open jobs V8 keeps finished jobs and their shapes alive.
    const job: Job & { open: boolean; isAbandoned: boolean } = {
      request: sequenced?.request ?? call.request,
      sequence: sequenced?.mark,
      unbatched,
      open: true,
      isAbandoned: false,
      begin: () => {
        begunAt = clock.now();
        cancelExpiry();
      },
      part: (prediction) => {
        if (!job.open) return;
        if (call.onPart) call.onPart(prediction);
        else parts.push(prediction.body);
      },
      settle: (outcome) =>
        finish(
          () => {
            const queued = (begunAt ?? queuedAt) - queuedAt;
            observe({ model: call.model, version: call.version, queued, total: clock.now() - queuedAt });
            resolve(parts.length === 0 ? outcome : join(parts, outcome));
          },
          outcome.kind === 'answered' ? outcome.prediction : undefined,
        ),
      fail: (error) => finish(() => reject(error)),
    };
    // A running job finishes; a queued one is removed. Of a prefetched one the answer is dropped.
    const cancel = (toError: () => ToolError) => {
      if (!job.open || begunAt !== undefined) return;
      model.queue.remove(job);
      job.fail(toError());
    };
    const isFull = counter.size > 0 && state.bytes + bytes > inFlightBytes;
    const end = counter.begin(model);
    cancelExpiry = expireAfter(model.settings.clientTimeoutInMills, clock, cancel);
    state.bytes += bytes;
    if (isFull || model.pool.alive === 0 || !model.queue.offer(job)) job.fail(noWorkerError(model, call.version));
    else
      call.onGone?.(() => {
        job.isAbandoned = true;
        cancel(() => new ToolError('CANCELLED', { what: 'The request' }));
      });
  });
}

/** TorchServe drops an expired request in silence (contract 3.3); here the client gets an error. The result stops the timer. */
function expireAfter(milliseconds: number, clock: Clock, cancel: (toError: () => ToolError) => void): () => void {
  if (milliseconds === 0) return () => {};
  return clock.after(milliseconds, () => cancel(() => new ToolError('REQUEST_EXPIRED', { milliseconds })));
}

function join(parts: readonly Uint8Array[], outcome: Outcome): Outcome {
  if (outcome.kind === 'failed') return outcome;
  const { prediction } = outcome;
  return { ...outcome, prediction: { ...prediction, body: Buffer.concat([...parts, prediction.body]) } };
}

/** The 503 of a model without a live worker, or with a full queue. */
export function noWorkerError(model: Model, version?: string): ToolError {
  return new ToolError('MODEL_NO_WORKER', { model: model.name, version, queued: model.queue.length });
}
