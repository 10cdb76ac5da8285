import type { Clock } from './clock.ts';

/** A prefetched batch may wait this long in the worker: too short for another worker's becoming free to matter. */
const PREFETCH_MS = 2;
/**
 * The same for the pool's only worker: no other could run the batch sooner. Still bounded, for a prefetched batch cannot be
 * recalled when its client disconnects or a second worker starts.
 */
const PREFETCH_ONLY_MS = 50;
/** Most prefetched batches: enough to keep a worker busy whose requests cost next to nothing. */
const MAX_PREFETCH = 16;
/** The only worker can preprocess one request while it runs another: it gets at least this many while it is faster than PREPROCESS_MS. */
const MIN_PREFETCH_ONLY = 2;
const PREPROCESS_MS = 100;
/** The slowest answer decays by this factor with every answer, so that one slow request in a hundred still counts as slow. */
const DECAY = 0.95;

export interface PrefetchDepth {
  /** The worker starts a batch. */
  begin(): void;
  /** It has answered the batch. */
  end(): void;
  /** Most batches in flight: the running one and the prefetched ones. */
  depth(isOnly: boolean): number;
}

/** How far ahead a worker is fed, by its slowest recent answer. Nothing is prefetched before the first answer. */
export function createPrefetchDepth({ now }: Clock): PrefetchDepth {
  let begun = 0;
  let slowestMs = Number.POSITIVE_INFINITY;
  const prefetched = (isOnly: boolean) => {
    const count = Math.min(MAX_PREFETCH, Math.floor((isOnly ? PREFETCH_ONLY_MS : PREFETCH_MS) / slowestMs));
    return isOnly && slowestMs <= PREPROCESS_MS ? Math.max(MIN_PREFETCH_ONLY, count) : count;
  };
  return {
    begin() {
      begun = now();
    },
    end() {
      const ms = now() - begun;
      slowestMs = slowestMs === Number.POSITIVE_INFINITY ? ms : Math.max(ms, slowestMs * DECAY);
    },
    depth: (isOnly) => 1 + prefetched(isOnly),
  };
}
