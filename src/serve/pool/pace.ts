import type { Clock } from './clock.ts';

/** What is sent ahead waits about this long at its worker: less than it matters that another one becomes free meanwhile. */
const AHEAD_MS = 2;
/**
 * Of a worker without siblings: nobody else could have had it sooner. Still bounded, for it cannot be taken back when its
 * client leaves or a second worker comes.
 */
const AHEAD_OF_ONLY_MS = 50;
/** Batches sent ahead at most: enough that a worker whose requests cost nothing never waits for the next. */
const MAX_AHEAD = 16;
/** A worker without siblings can prepare one request while it computes another; as long as none takes longer than this it has two to choose from. */
const PREPARED = 2;
const PREPARED_MS = 100;
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
  const ahead = (isOnly: boolean) => {
    const count = Math.min(MAX_AHEAD, Math.floor((isOnly ? AHEAD_OF_ONLY_MS : AHEAD_MS) / slowestMs));
    return isOnly && slowestMs <= PREPARED_MS ? Math.max(PREPARED, count) : count;
  };
  return {
    begin() {
      begun = now();
    },
    end() {
      const ms = now() - begun;
      slowestMs = slowestMs === Number.POSITIVE_INFINITY ? ms : Math.max(ms, slowestMs * FADING);
    },
    reach: (isOnly) => 1 + ahead(isOnly),
  };
}
