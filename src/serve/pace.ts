import type { Clock } from './batch-queue.ts';

/** What is sent ahead waits about this long at its worker: less than it matters that another one becomes free meanwhile. */
const AHEAD_MS = 2;
/** Batches sent ahead at most: enough that a worker whose requests cost nothing never waits for the next. */
const MAX_AHEAD = 16;
/**
 * A worker without siblings gets this many ahead as long as none takes longer than this: nobody else could have had them sooner, and it
 * can prepare one request while it computes another. What is sent cannot be taken back when its client leaves, so the time is bounded.
 */
const AHEAD_OF_ONLY = 2;
const ONLY_MS = 100;
/** With each answer the slowest one counts this much less: one slow request in a hundred keeps a worker from being called quick. */
const FADING = 0.95;

export interface Pace {
  /** A worker begins with a batch. */
  begin(): void;
  /** It has answered it. */
  end(): void;
  /** How many batches the worker may hold: the one it is at, and those that nobody else would have begun sooner. */
  reach(isOnly: boolean): number;
}

/** How quick a worker is, judged by its slowest answer of late. Of one that has answered nothing yet nothing is assumed. */
export function createPace({ now }: Clock): Pace {
  let begun = 0;
  let slowestMs = Number.POSITIVE_INFINITY;
  return {
    begin() {
      begun = now();
    },
    end() {
      const ms = now() - begun;
      slowestMs = slowestMs === Number.POSITIVE_INFINITY ? ms : Math.max(ms, slowestMs * FADING);
    },
    reach(isOnly) {
      const ahead = Math.min(MAX_AHEAD, Math.floor(AHEAD_MS / slowestMs));
      return 1 + (isOnly && slowestMs <= ONLY_MS ? Math.max(AHEAD_OF_ONLY, ahead) : ahead);
    },
  };
}
