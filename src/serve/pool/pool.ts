import type { ToolError } from '../../core/errors.ts';
import { createSlot, type Slot, type SlotOptions, type WorkerStatus } from './slot.ts';

export type { WorkerStatus } from './slot.ts';

export interface PoolOptions extends Omit<SlotOptions, 'onGivenUp' | 'isOnly'> {
  /** The last worker was given up. */
  onExhausted(): void;
}

export interface Pool {
  /**
   * Sets how many workers there are. Resolves when each new one has loaded its model or failed its first try; workers too
   * many finish what they run. The result holds the failures.
   */
  scale(count: number): Promise<readonly ToolError[]>;
  readonly size: number;
  /** Workers that are, or will again be, able to answer. */
  readonly alive: number;
  /** Whether one has its model loaded now. */
  readonly hasReady: boolean;
  statuses(): WorkerStatus[];
  /** Ends all workers: what they run is finished within the grace, or fails with them. */
  close(graceMs: number): Promise<void>;
}

/** Keeps a number of workers alive and feeds each one batch at a time; which one is free decides who gets the next. */
export function createPool(options: PoolOptions): Pool {
  let slots: Slot[] = [];
  let isClosed = false;
  const countAlive = () => slots.filter((slot) => slot.state !== 'failed').length;
  const onGivenUp = () => {
    if (countAlive() === 0) options.onExhausted();
  };

  return {
    async scale(count) {
      // Who scales a model that was unregistered meanwhile comes too late: its folder is gone.
      if (isClosed) return [];
      const leaving = slots.slice(count);
      const added = Array.from({ length: Math.max(0, count - slots.length) }, () =>
        createSlot({ ...options, onGivenUp, isOnly: () => slots.length === 1 }),
      );
      slots = [...slots.slice(0, count), ...added];
      for (const slot of leaving) slot.stop.abort();
      await Promise.all(leaving.map((slot) => slot.ended));
      const failures = await Promise.all(added.map((slot) => slot.firstStart));
      return failures.filter((failure) => failure !== undefined);
    },
    get size() {
      return slots.length;
    },
    get alive() {
      return countAlive();
    },
    get hasReady() {
      return slots.some((slot) => ['ready', 'busy'].includes(slot.state));
    },
    statuses: () => slots.map((slot) => slot.status()),
    async close(graceMs) {
      isClosed = true;
      const leaving = slots;
      slots = [];
      for (const slot of leaving) slot.stop.abort();
      const cancel = options.clock.after(graceMs, () => {
        for (const slot of leaving) slot.kill();
      });
      await Promise.all(leaving.map((slot) => slot.ended));
      cancel();
    },
  };
}
