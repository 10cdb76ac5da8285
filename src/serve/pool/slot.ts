import { ToolError } from '../../core/errors.ts';
import type { Worker } from '../process/worker-process.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { Clock } from './clock.ts';
import { feed } from './feed.ts';
import type { Job } from './job.ts';

export type WorkerState = 'starting' | 'ready' | 'busy' | 'waiting' | 'failed' | 'stopping';

export interface WorkerStatus {
  readonly id: string;
  readonly state: WorkerState;
  /** Undefined until it has started once. */
  readonly startedAt: Date | undefined;
  readonly pid: number | undefined;
  /** What runs the model, where its worker says it. */
  readonly provider?: string | undefined;
  /** Requests it was sent and has not begun. */
  readonly ahead: number;
  /** Why it is not running, with its last output. */
  readonly lastError: ToolError | undefined;
}

export interface SlotOptions {
  readonly queue: BatchQueue<Job>;
  readonly clock: Clock;
  start(id: string, signal: AbortSignal): Promise<Worker>;
  /** Ids are never reused, over all models. */
  nextId(): string;
  readonly responseTimeoutMs: number;
  /** After this long without one good start a worker is given up. */
  readonly retryWindowMs: number;
  backOffMs(failures: number): number;
  onDeath(id: string, error: ToolError): void;
  /** Whether the pool has no other worker. */
  isOnly(): boolean;
  /** It will not be started again. */
  onGivenUp(): void;
}

export interface Slot {
  readonly id: string;
  readonly state: WorkerState;
  readonly stop: AbortController;
  readonly firstStart: Promise<ToolError | undefined>;
  readonly ended: Promise<void>;
  /** Ends a worker that does not finish. */
  kill(): void;
  status(): WorkerStatus;
}

/** One place in the pool: start, feed, and after a death start again with growing pauses, until stopped or given up. */
export function createSlot(options: SlotOptions): Slot {
  const { clock, backOffMs, retryWindowMs, onDeath, onGivenUp } = options;
  const id = options.nextId();
  const stop = new AbortController();
  const { signal } = stop;
  let state: WorkerState = 'starting';
  let worker: Worker | undefined;
  let lastError: ToolError | undefined;
  const held: Job[][] = [];
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
  /** A start that was called off, by a scaling or an unregistering meanwhile, is no failure of whoever asked for it. */
  const whyNotStarted = () => (worker === undefined && !signal.aborted ? lastError : undefined);
  const noteDeath = (error: ToolError) => {
    lastError = error;
    onDeath(id, error);
  };

  const live = async () => {
    let failures = 0;
    let failingSince: number | undefined;
    while (!signal.aborted) {
      worker = await start();
      reportFirstStart(whyNotStarted());
      if (worker !== undefined) {
        failures = 0;
        failingSince = undefined;
        const onBusy = (isBusy: boolean) => enter(isBusy ? 'busy' : 'ready');
        const death = await feed(worker, { ...options, signal, held, onBusy });
        if (death === undefined) break;
        noteDeath(death);
        worker = undefined;
      } else if (!signal.aborted && lastError !== undefined) noteDeath(lastError);
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
  const ended = live().catch((error: unknown) => {
    // Only a mistake of ours gets here; the slot is lost, the pool goes on.
    lastError = new ToolError('WORKER_DIED', { reason: String(error), output: [] }, { cause: error });
    reportFirstStart(lastError);
    enter('failed');
  });

  return {
    id,
    get state() {
      return state;
    },
    stop,
    firstStart: Promise.race([firstStart, ended.then(whyNotStarted)]),
    ended,
    kill: () => worker?.kill('it did not finish in the time left'),
    status: () => ({
      id,
      state,
      startedAt: worker?.startedAt,
      pid: worker?.pid,
      provider: worker?.provider,
      ahead: held
        .slice(1)
        .flat()
        .filter(({ open }) => open).length,
      lastError,
    }),
  };
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
