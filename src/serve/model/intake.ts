import { ToolError } from '../../core/errors.ts';
import type { PredictionTimes } from '../metrics/metrics.ts';
import type { Clock } from '../pool/clock.ts';
import type { Job, Outcome } from '../pool/job.ts';
import type { InferenceRequest, Prediction } from '../protocol/messages.ts';
import type { Model } from './model.ts';
import { createOpenWork, type OpenWork } from './open-work.ts';

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

/** What the intake holds between requests. */
interface Desk extends IntakeOptions {
  readonly work: OpenWork<Model>;
  bytes: number;
}

export function createIntake(options: IntakeOptions): Intake {
  const desk: Desk = { ...options, work: createOpenWork(options.clock), bytes: 0 };
  return {
    submit: (model, call, alone) => submit(desk, model, call, alone),
    failWaiting(model, toError) {
      for (const job of model.queue.drain()) job.fail(toError());
    },
    hold: () => desk.work.begin(),
    idle: desk.work.idle,
  };
}

function submit(desk: Desk, model: Model, call: PredictionCall, alone: boolean): Promise<Outcome> {
  const { work, clock, observe, inFlightBytes } = desk;
  return new Promise((resolve, reject) => {
    const bytes = call.request.parameters.reduce((sum, { value }) => sum + value.length, 0);
    const queuedAt = clock.now();
    let begunAt: number | undefined;
    const pieces: Uint8Array[] = [];
    let cancelExpiry = () => {};
    const finish = (act: () => void) => {
      if (!job.open) return;
      job.open = false;
      desk.bytes -= bytes;
      cancelExpiry();
      act();
      over();
    };
    // A plain flag: neither a set of open jobs nor a getter, with which V8 keeps jobs and their shapes long after they are over.
    const job: Job & { open: boolean } = {
      request: call.request,
      alone,
      open: true,
      begin: () => {
        begunAt = clock.now();
        cancelExpiry();
      },
      part: (prediction) => {
        if (!job.open) return;
        if (call.onPart) call.onPart(prediction);
        else pieces.push(prediction.body);
      },
      settle: (outcome) =>
        finish(() => {
          const queued = (begunAt ?? queuedAt) - queuedAt;
          observe({ model: call.model, version: call.version, queued, total: clock.now() - queuedAt });
          resolve(pieces.length === 0 ? outcome : join(pieces, outcome));
        }),
      fail: (error) => finish(() => reject(error)),
    };
    // What a worker is at is let run, whatever becomes of its answer; what waits is taken back, and what was sent ahead is
    // forgotten: its answer will meet nobody.
    const takeBack = (toError: () => ToolError) => {
      if (!job.open || begunAt !== undefined) return;
      model.queue.remove(job);
      job.fail(toError());
    };
    const isFull = work.size > 0 && desk.bytes + bytes > inFlightBytes;
    const over = work.begin(model);
    cancelExpiry = expireAfter(model.settings.clientTimeoutInMills, clock, takeBack);
    desk.bytes += bytes;
    if (isFull || model.pool.alive === 0 || !model.queue.offer(job)) job.fail(noWorker(model, call.version));
    else call.onGone?.(() => takeBack(() => new ToolError('CANCELLED', { what: 'The request' })));
  });
}

/** Upstream drops what waited too long without a word (contract 3.3); a client is told here. The result calls it off. */
function expireAfter(milliseconds: number, clock: Clock, takeBack: (toError: () => ToolError) => void): () => void {
  if (milliseconds === 0) return () => {};
  return clock.after(milliseconds, () => takeBack(() => new ToolError('REQUEST_EXPIRED', { milliseconds })));
}

function join(pieces: readonly Uint8Array[], outcome: Outcome): Outcome {
  if (outcome.kind === 'failed') return outcome;
  const { prediction } = outcome;
  return { ...outcome, prediction: { ...prediction, body: Buffer.concat([...pieces, prediction.body]) } };
}

export function noWorker(model: Model, version?: string): ToolError {
  return new ToolError('MODEL_NO_WORKER', { model: model.name, version, queued: model.queue.length });
}
