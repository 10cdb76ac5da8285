/** The clock a queue runs on; tests give one they turn by hand. */
export interface Clock {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Calls back once after `ms`; returns how to call that off. */
  after(ms: number, act: () => void): () => void;
}

export const monotonicClock: Clock = {
  now: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

export interface BatchPolicy {
  readonly batchSize: number;
  /** Milliseconds an item may wait for company while a consumer is free. */
  readonly maxDelayMs: number;
  /** Items that may wait. */
  readonly capacity: number;
}

export interface BatchQueue<T> {
  readonly length: number;
  /** False when the queue is full: the caller answers that at once. */
  offer(item: T): boolean;
  /** False when it was handed out already. */
  remove(item: T): boolean;
  /** Hands the next due batch to `consumer`, once; the result calls that off. Consumers are served in order. */
  take(consumer: (batch: T[]) => void): () => void;
  /** Empties the queue. */
  drain(): T[];
}

interface Waiting<T> {
  readonly item: T;
  readonly since: number;
}

/**
 * Gathers items into batches: a batch is due when it is full or when its first item has waited `maxDelayMs`. The wait
 * counts from the item's arrival, not from when a consumer became free (upstream's way), so a busy pool adds no delay.
 * `isAlone` items are never batched with others.
 */
export function createBatchQueue<T>(
  policy: BatchPolicy,
  clock: Clock,
  isAlone: (item: T) => boolean = () => false,
): BatchQueue<T> {
  const waiting: Waiting<T>[] = [];
  const consumers: ((batch: T[]) => void)[] = [];
  let cancelTimer: (() => void) | undefined;

  /** Items of the batch that would leave now, and whether it must not wait for more. */
  const measure = (): { size: number; full: boolean } => {
    let size = 0;
    while (size < waiting.length && size < policy.batchSize) {
      if (isAlone((waiting[size] as Waiting<T>).item)) return { size: Math.max(1, size), full: true };
      size++;
    }
    return { size, full: size === policy.batchSize };
  };

  const dispatch = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (;;) {
      const [first] = waiting;
      if (first === undefined || consumers.length === 0) return;
      const { size, full } = measure();
      const left = first.since + policy.maxDelayMs - clock.now();
      if (!full && left > 0) {
        cancelTimer = clock.after(left, dispatch);
        return;
      }
      consumers.shift()?.(waiting.splice(0, size).map(({ item }) => item));
    }
  };

  return {
    get length() {
      return waiting.length;
    },
    offer(item) {
      // An item that a free consumer takes at once never waits, so it needs no place.
      if (waiting.length >= policy.capacity && consumers.length === 0) return false;
      waiting.push({ item, since: clock.now() });
      dispatch();
      return true;
    },
    remove(item) {
      const index = waiting.findIndex((one) => one.item === item);
      if (index >= 0) waiting.splice(index, 1);
      return index >= 0;
    },
    take(consumer) {
      consumers.push(consumer);
      dispatch();
      return () => {
        const index = consumers.indexOf(consumer);
        if (index >= 0) consumers.splice(index, 1);
      };
    },
    drain: () => waiting.splice(0).map(({ item }) => item),
  };
}
