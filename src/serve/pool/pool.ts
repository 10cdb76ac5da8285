import type { ToolError } from '../../core/errors.ts';
import {
  isUp,
  type SupervisedWorker,
  type SupervisionOptions,
  superviseWorker,
  type WorkerStatus,
} from './supervised-worker.ts';

export { isUp, type WorkerStatus } from './supervised-worker.ts';

export interface PoolOptions extends Omit<SupervisionOptions, 'onGivenUp' | 'isOnly'> {
  /** No worker is left: the last one was given up. */
  onExhausted(): void;
}

export interface Pool {
  /**
   * Sets the number of workers. Resolves when every new one has loaded its model or failed its first start; surplus workers
   * finish their running batch. The result holds the failures.
   */
  scale(count: number): Promise<readonly ToolError[]>;
  readonly size: number;
  /** Workers that answer now or will after a restart. */
  readonly alive: number;
  /** Whether a worker has its model loaded now. */
  readonly hasReady: boolean;
  statuses(): WorkerStatus[];
  /** Stops all workers: running batches finish within the grace period or fail. */
  close(graceMs: number): Promise<void>;
}

/** Keeps a number of workers alive; the next batch goes to whichever is free first. */
export function createPool(options: PoolOptions): Pool {
  let workers: SupervisedWorker[] = [];
  let isClosed = false;
  const countAlive = () => workers.filter((worker) => worker.state !== 'failed').length;
  const onGivenUp = () => {
    if (countAlive() === 0) options.onExhausted();
  };

  return {
    async scale(count) {
      // The model was unregistered meanwhile: its folder is gone.
      if (isClosed) return [];
      const leaving = workers.slice(count);
      const added = Array.from({ length: Math.max(0, count - workers.length) }, () =>
        superviseWorker({ ...options, onGivenUp, isOnly: () => workers.length === 1 }),
      );
      workers = [...workers.slice(0, count), ...added];
      for (const worker of leaving) worker.stop.abort();
      await Promise.all(leaving.map((worker) => worker.ended));
      const failures = await Promise.all(added.map((worker) => worker.firstStart));
      return failures.filter((failure) => failure !== undefined);
    },
    get size() {
      return workers.length;
    },
    get alive() {
      return countAlive();
    },
    get hasReady() {
      return workers.some(({ state }) => isUp(state));
    },
    statuses: () => workers.map((worker) => worker.status()),
    async close(graceMs) {
      isClosed = true;
      const leaving = workers;
      workers = [];
      for (const worker of leaving) worker.stop.abort();
      const cancel = options.clock.after(graceMs, () => {
        for (const worker of leaving) worker.kill();
      });
      await Promise.all(leaving.map((worker) => worker.ended));
      cancel();
    },
  };
}
