import type { Clock } from './clock.ts';

export interface BatchPolicy {
  readonly batchSize: number;
  /** Milliseconds an item may wait for its batch to fill while a consumer is free. */
  readonly maxDelayMs: number;
  /** Most queued items. */
  readonly capacity: number;
}

export interface BatchQueue<T> {
  readonly length: number;
  /** False when the queue is full. */
  offer(item: T): boolean;
  /** False when it was dispatched already. */
  remove(item: T): boolean;
  /**
   * Hands the next due batch to `consumer`, once. Idle consumers are served in the order they asked. A busy consumer asks to
   * `prefetch`: it gets a batch only while no consumer is idle, and only a full one, since any other may still grow.
   */
  take(consumer: Consumer<T>, prefetch?: boolean): void;
  /** The next items for a consumer that runs some, as many as there are up to `most`, but none that is not batched. */
  poll(consumer: Consumer<T>, most: number): T[];
  /** Cancels a take. */
  withdraw(consumer: Consumer<T>): void;
  /** Returns dispatched items that were not begun to the head of the queue; they are due at once. */
  putBack(items: readonly T[]): void;
  /** The item is settled, dispatched or not; `ended` means that its sequence has ended. */
  release(item: T, ended: boolean): void;
  /** The consumer takes no more. */
  leave(consumer: Consumer<T>): void;
  /** From now on; a batch of 1 waits for nothing. */
  setBatchSize(size: number): void;
  /** Empties the queue. */
  drain(): T[];
}

export type Consumer<T> = (batch: T[]) => void;

interface Queued<T> {
  readonly item: T;
  readonly since: number;
}

/**
 * Forms batches: a batch is due when it is full or when its first item has waited `maxDelayMs`. The delay counts from the
 * item's arrival, not from when a consumer became free (TorchServe's way), so a busy pool adds none. `isUnbatched` items
 * are never batched with others.
 */
export function createBatchQueue<T>(
  policy: BatchPolicy,
  clock: Clock,
  isUnbatched: (item: T) => boolean = () => false,
): BatchQueue<T> {
  const queued: Queued<T>[] = [];
  const idle: Consumer<T>[] = [];
  const prefetching: Consumer<T>[] = [];
  let batchSize = policy.batchSize;
  let cancelTimer: (() => void) | undefined;

  const dispatch = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (;;) {
      const [first] = queued;
      const consumers = idle.length > 0 ? idle : prefetching;
      if (first === undefined || consumers.length === 0) return;
      const { size, full } = measureBatch(queued, batchSize, isUnbatched);
      if (!full && consumers === prefetching) return;
      const left = full ? 0 : first.since + policy.maxDelayMs - clock.now();
      if (left > 0) {
        cancelTimer = clock.after(left, dispatch);
        return;
      }
      consumers.shift()?.(queued.splice(0, size).map(({ item }) => item));
    }
  };

  const withdraw = (consumer: Consumer<T>) => {
    for (const consumers of [idle, prefetching]) {
      const index = consumers.indexOf(consumer);
      if (index >= 0) consumers.splice(index, 1);
    }
  };

  return {
    get length() {
      return queued.length;
    },
    offer(item) {
      // A free consumer takes the item at once: it needs no room in the queue.
      if (queued.length >= policy.capacity && idle.length === 0) return false;
      queued.push({ item, since: clock.now() });
      dispatch();
      return true;
    },
    remove(item) {
      const index = queued.findIndex((one) => one.item === item);
      if (index >= 0) queued.splice(index, 1);
      return index >= 0;
    },
    take(consumer, prefetch = false) {
      (prefetch ? prefetching : idle).push(consumer);
      dispatch();
    },
    poll(_, most) {
      const unbatched = queued.findIndex(({ item }) => isUnbatched(item));
      const count = Math.max(0, Math.min(most, unbatched < 0 ? queued.length : unbatched));
      return queued.splice(0, count).map(({ item }) => item);
    },
    withdraw,
    leave: withdraw,
    release() {},
    putBack(items) {
      queued.unshift(...items.map((item) => ({ item, since: -Infinity })));
      dispatch();
    },
    setBatchSize(size) {
      batchSize = size;
      dispatch();
    },
    drain: () => queued.splice(0).map(({ item }) => item),
  };
}

/** Size of the batch at the head, and whether it cannot grow. */
function measureBatch<T>(
  queued: readonly Queued<T>[],
  batchSize: number,
  isUnbatched: (item: T) => boolean,
): { size: number; full: boolean } {
  let size = 0;
  for (const { item } of queued) {
    if (size === batchSize) break;
    if (isUnbatched(item)) return { size: Math.max(1, size), full: true };
    size++;
  }
  return { size, full: size === batchSize };
}
