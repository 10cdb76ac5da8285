import { ToolError } from '../core/errors.ts';
import type { Clock } from './batch-queue.ts';
import type { Job, Outcome } from './job.ts';
import type { PredictionTimes } from './metrics.ts';
import type { Model } from './model.ts';
import { createOpenWork } from './open-work.ts';
import type { InferenceRequest, Prediction } from './protocol/messages.ts';

export interface PredictionCall {
  readonly model: string;
  readonly version: string | undefined;
  readonly request: InferenceRequest;
  /** Calls `drop` when nobody waits for the answer any more; calling it after the answer does nothing. */
  readonly onGone?: (drop: () => void) => void;
  /** Told of the pieces of an answer that comes in pieces, but for the last; without it they are joined to one. */
  readonly onPart?: (prediction: Prediction) => void;
}

/** The door every request passes on its way in and out: bounded in bytes, and each settled exactly once. */
export interface Intake {
  submit(model: Model, call: PredictionCall, alone: boolean): Promise<Outcome>;
  /** Fails everything that waits for this model. */
  failWaiting(model: Model, toError: () => ToolError): void;
  /** Keeps the intake from being idle until the result is called: for a request that is answered by several, one after another. */
  hold(): () => void;
  /** Whether nothing (of one model) was left to answer before the time was over. */
  idle(graceMs: number, model?: Model): Promise<boolean>;
}

export interface IntakeOptions {
  readonly clock: Clock;
  /** Bytes of all requests that wait or run. */
  readonly inFlightBytes: number;
  observe(times: PredictionTimes): void;
}

export function createIntake({ clock, inFlightBytes, observe }: IntakeOptions): Intake {
  const open = new Set<Job>();
  const work = createOpenWork<Model>(clock);
  let bytesInFlight = 0;

  return {
    submit: (model, call, alone) =>
      new Promise((resolve, reject) => {
        const bytes = call.request.parameters.reduce((sum, { value }) => sum + value.length, 0);
        const queuedAt = clock.now();
        let begunAt = queuedAt;
        const pieces: Uint8Array[] = [];
        let cancelExpiry = () => {};
        const finish = (act: () => void) => {
          if (!open.delete(job)) return;
          bytesInFlight -= bytes;
          cancelExpiry();
          act();
          over();
        };
        const job: Job = {
          request: call.request,
          alone,
          begin: () => {
            begunAt = clock.now();
            cancelExpiry();
          },
          part: (prediction) => {
            if (!open.has(job)) return;
            if (call.onPart) call.onPart(prediction);
            else pieces.push(prediction.body);
          },
          settle: (outcome) =>
            finish(() => {
              const queued = begunAt - queuedAt;
              observe({ model: call.model, version: call.version, queued, total: clock.now() - queuedAt });
              resolve(pieces.length === 0 ? outcome : join(pieces, outcome));
            }),
          fail: (error) => finish(() => reject(error)),
        };
        // Queued work of a client that is gone is dropped; what a worker runs already is let run, its answer goes nowhere.
        const abandon = () => {
          if (open.has(job) && model.queue.remove(job)) job.fail(new ToolError('CANCELLED', { what: 'The request' }));
        };
        const { clientTimeoutInMills } = model.settings;
        // Upstream drops what waited too long without a word (contract 3.3); a client is told here.
        const expire = () => {
          if (model.queue.remove(job))
            job.fail(new ToolError('REQUEST_EXPIRED', { milliseconds: clientTimeoutInMills }));
        };
        const over = work.begin(model);
        if (clientTimeoutInMills > 0) cancelExpiry = clock.after(clientTimeoutInMills, expire);
        const isFull = open.size > 0 && bytesInFlight + bytes > inFlightBytes;
        open.add(job);
        bytesInFlight += bytes;
        if (isFull || model.pool.alive === 0 || !model.queue.offer(job)) job.fail(noWorker(model, call.version));
        else call.onGone?.(abandon);
      }),
    failWaiting(model, toError) {
      for (const job of model.queue.drain()) job.fail(toError());
    },
    hold: () => work.begin(),
    idle: work.idle,
  };
}

function join(pieces: readonly Uint8Array[], outcome: Outcome): Outcome {
  if (outcome.kind === 'failed') return outcome;
  const { prediction } = outcome;
  return { ...outcome, prediction: { ...prediction, body: Buffer.concat([...pieces, prediction.body]) } };
}

export function noWorker(model: Model, version?: string): ToolError {
  return new ToolError('MODEL_NO_WORKER', { model: model.name, version, queued: model.queue.length });
}
