import { ToolError } from '../../core/errors.ts';
import type { Worker } from '../process/worker-process.ts';
import type { LoadReport } from '../protocol/messages.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { Clock } from './clock.ts';
import { type DispatchOptions, dispatch } from './dispatch.ts';
import { dispatchContinuously } from './dispatch-continuous.ts';
import { dispatchSideBySide } from './dispatch-side-by-side.ts';
import type { Job } from './job.ts';

export type WorkerState = 'starting' | 'ready' | 'busy' | 'waiting' | 'failed' | 'stopping';

/** Whether a worker has its model loaded now. */
export const isUp = (state: WorkerState): boolean => state === 'ready' || state === 'busy';

export interface WorkerStatus extends LoadReport {
  readonly id: string;
  readonly state: WorkerState;
  /** Undefined until its first start succeeds. */
  readonly startedAt: Date | undefined;
  readonly pid: number | undefined;
  /** Requests that were sent to it and have not started. */
  readonly prefetched: number;
  /** Why it is not running, with its last output. */
  readonly lastError: ToolError | undefined;
}

export interface SupervisionOptions {
  readonly queue: BatchQueue<Job>;
  readonly clock: Clock;
  start(id: string, signal: AbortSignal): Promise<Worker>;
  /** Ids are never reused, over all models. */
  nextId(): string;
  readonly responseTimeoutMs: number;
  /** Size of the running batch, if requests join it. */
  readonly continuousBatchSize?: number | undefined;
  /** Whether the workers run batches side by side. */
  readonly isSideBySide?: boolean;
  /** No more restarts after this long without a successful start. */
  readonly retryWindowMs: number;
  backOffMs(failures: number): number;
  onDeath(id: string, error: ToolError): void;
  /** Whether this is the pool's only worker. */
  isOnly(): boolean;
  /** It will not be restarted. */
  onGivenUp(): void;
}

export interface SupervisedWorker {
  readonly state: WorkerState;
  readonly stop: AbortController;
  readonly firstStart: Promise<ToolError | undefined>;
  readonly ended: Promise<void>;
  /** Ends a process that does not finish. */
  kill(): void;
  status(): WorkerStatus;
}

/** One worker of the pool: started, fed, and after a death restarted with growing back-off, until stopped or given up. */
export function superviseWorker(options: SupervisionOptions): SupervisedWorker {
  const { clock, backOffMs, retryWindowMs, onDeath, onGivenUp } = options;
  const id = options.nextId();
  const stop = new AbortController();
  const { signal } = stop;
  let state: WorkerState = 'starting';
  let worker: Worker | undefined;
  let lastError: ToolError | undefined;
  const inFlight: Job[][] = [];
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
  /** A start cancelled by scaling or unregistering is no failure. */
  const startFailure = () => (worker === undefined && !signal.aborted ? lastError : undefined);
  const recordDeath = (error: ToolError) => {
    lastError = error;
    onDeath(id, error);
  };

  const run = async () => {
    let failures = 0;
    let failingSince: number | undefined;
    while (!signal.aborted) {
      worker = await start();
      reportFirstStart(startFailure());
      if (worker !== undefined) {
        failures = 0;
        failingSince = undefined;
        const onBusy = (isBusy: boolean) => enter(isBusy ? 'busy' : 'ready');
        const batches = { ...options, signal, inFlight, onBusy };
        const death = await feed(worker, batches, options);
        if (death === undefined) break;
        recordDeath(death);
        worker = undefined;
      } else if (!signal.aborted && lastError !== undefined) recordDeath(lastError);
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
  const ended = run().catch((error: unknown) => {
    // Only a bug of ours gets here: this worker is lost, the pool goes on.
    lastError = new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
    reportFirstStart(lastError);
    enter('failed');
  });

  return {
    get state() {
      return state;
    },
    stop,
    firstStart: Promise.race([firstStart, ended.then(startFailure)]),
    ended,
    kill: () => worker?.kill('it did not finish in time'),
    status: () => ({
      id,
      state,
      startedAt: worker?.startedAt,
      pid: worker?.pid,
      provider: worker?.provider,
      batching: worker?.batching,
      prefetched: inFlight
        .slice(1)
        .flat()
        .filter(({ open }) => open).length,
      lastError,
    }),
  };
}

function feed(
  worker: Worker,
  batches: DispatchOptions,
  { continuousBatchSize: batchSize, isSideBySide }: SupervisionOptions,
): Promise<ToolError | undefined> {
  if (batchSize !== undefined) return dispatchContinuously(worker, { ...batches, batchSize });
  return isSideBySide === true ? dispatchSideBySide(worker, batches) : dispatch(worker, batches);
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
