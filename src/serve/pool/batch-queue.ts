import type { Clock } from './clock.ts';

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
  /**
   * Hands the next due batch to `consumer`, once. Idle consumers are served in the order they came. A consumer that takes
   * `ahead` is at work: it gets a batch only while nobody is idle, and only a full one, since any other may still grow.
   */
  take(consumer: Consumer<T>, ahead?: boolean): void;
  /** Calls a take off. */
  withdraw(consumer: Consumer<T>): void;
  /** Puts items that were handed out, and not begun, back where they were: at the head, and due. */
  putBack(items: readonly T[]): void;
  /** Empties the queue. */
  drain(): T[];
}

export type Consumer<T> = (batch: T[]) => void;

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
  const idle: Consumer<T>[] = [];
  const ahead: Consumer<T>[] = [];
  let cancelTimer: (() => void) | undefined;

  const dispatch = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (;;) {
      const [first] = waiting;
      const takers = idle.length > 0 ? idle : ahead;
      if (first === undefined || takers.length === 0) return;
      const { size, full } = measureBatch(waiting, policy.batchSize, isAlone);
      if (!full && takers === ahead) return;
      const left = full ? 0 : first.since + policy.maxDelayMs - clock.now();
      if (left > 0) {
        cancelTimer = clock.after(left, dispatch);
        return;
      }
      takers.shift()?.(waiting.splice(0, size).map(({ item }) => item));
    }
  };

  return {
    get length() {
      return waiting.length;
    },
    offer(item) {
      // An item that a free consumer takes at once never waits, so it needs no place.
      if (waiting.length >= policy.capacity && idle.length === 0) return false;
      waiting.push({ item, since: clock.now() });
      dispatch();
      return true;
    },
    remove(item) {
      const index = waiting.findIndex((one) => one.item === item);
      if (index >= 0) waiting.splice(index, 1);
      return index >= 0;
    },
    take(consumer, isAhead = false) {
      (isAhead ? ahead : idle).push(consumer);
      dispatch();
    },
    withdraw(consumer) {
      for (const takers of [idle, ahead]) {
        const index = takers.indexOf(consumer);
        if (index >= 0) takers.splice(index, 1);
      }
    },
    putBack(items) {
      waiting.unshift(...items.map((item) => ({ item, since: -Infinity })));
      dispatch();
    },
    drain: () => waiting.splice(0).map(({ item }) => item),
  };
}

/** How many of the first items would leave together now, and whether they must not wait for more. */
function measureBatch<T>(
  waiting: readonly Waiting<T>[],
  batchSize: number,
  isAlone: (item: T) => boolean,
): { size: number; full: boolean } {
  let size = 0;
  for (const { item } of waiting) {
    if (size === batchSize) break;
    if (isAlone(item)) return { size: Math.max(1, size), full: true };
    size++;
  }
  return { size, full: size === batchSize };
}
