import type { Clock } from './batch-queue.ts';

/** What is sent ahead waits about this long at its worker: less than it matters that another one becomes free meanwhile. */
const AHEAD_MS = 2;
/** Batches sent ahead at most: enough that a worker whose requests cost nothing never waits for the next. */
const MAX_AHEAD = 16;
/** Weight of the newest batch in the running mean. */
const NEWEST = 0.1;

export interface Pace {
  /** A worker begins with a batch. */
  begin(): void;
  /** It has answered it. */
  end(): void;
  /** How many batches the worker may hold: the one it is at, and those that it will be through with in no time. */
  readonly reach: number;
}

/** How quick a worker is lately. Of one that has answered nothing yet nothing is assumed. */
export function createPace({ now }: Clock): Pace {
  let begun = 0;
  let meanMs: number | undefined;
  return {
    begin() {
      begun = now();
    },
    end() {
      const ms = now() - begun;
      meanMs = meanMs === undefined ? ms : meanMs + (ms - meanMs) * NEWEST;
    },
    get reach() {
      if (meanMs === undefined) return 1;
      return 1 + Math.min(MAX_AHEAD, Math.floor(AHEAD_MS / Math.max(meanMs, Number.EPSILON)));
    },
  };
}
