import type { BatchQueue, Consumer } from './batch-queue.ts';
import type { Clock } from './clock.ts';

export interface SequencePolicy {
  readonly batchSize: number;
  /** Milliseconds an item may wait for its batch to fill while its consumer is free. */
  readonly maxDelayMs: number;
  /** Maximum queued items without a sequence. */
  readonly capacity: number;
  /** Maximum sequences at a time. */
  readonly sequences: number;
  /** Maximum queued items of one sequence. */
  readonly sequenceCapacity: number;
  /** Milliseconds without an item after which a sequence ends. */
  readonly maxIdleMs: number;
  /** Milliseconds after which a sequence ends, once none of its items is queued; 0 for no limit. */
  readonly timeoutMs: number;
}

/** The sequence an item belongs to. */
export interface SequenceMark {
  readonly id: string;
  /** It starts a sequence, also if the state of one with this id was lost. */
  readonly starts: boolean;
}

export interface SequenceQueueOptions<T> {
  readonly policy: SequencePolicy;
  readonly clock: Clock;
  markOf(item: T): SequenceMark | undefined;
  /** Items of a consumer that has left, with the state of their sequence. */
  onLost(items: readonly T[]): void;
}

interface Queued<T> {
  readonly item: T;
  readonly since: number;
}

interface Sequence<T> {
  readonly id: string;
  readonly startedAt: number;
  usedAt: number;
  /** Holds its state; undefined while there is no consumer. */
  owner: Consumer<T> | undefined;
  /** Whether its owner has seen an item of it. */
  hasState: boolean;
  readonly waiting: Queued<T>[];
  readonly running: Set<T>;
}

/**
 * Forms batches for handlers that keep state (TorchServe's sequenceBatching): a sequence is one consumer's from its first item to its end,
 * its items are dispatched in order, one at a time, and a batch has at most one of each. A consumer that polls, since its batch goes
 * on (continuousBatching), may get the next item of a sequence beside those it runs. The state goes with the consumer: the sequences of
 * one that leaves are refused until a client starts them anew. Nothing is prefetched.
 */
export function createSequenceQueue<T>({ policy, clock, markOf, onLost }: SequenceQueueOptions<T>): BatchQueue<T> {
  /** By id, the longest idle first. */
  const sequences = new Map<string, Sequence<T>>();
  /** Ids whose state was lost with a consumer, and when. */
  const lost = new Map<string, number>();
  const loose: Queued<T>[] = [];
  /** The one that was given a sequence last stands last. */
  const consumers = new Set<Consumer<T>>();
  const idle: Consumer<T>[] = [];
  const owners = new Map<T, Sequence<T>>();
  let batchSize = policy.batchSize;
  let cancelTimer: (() => void) | undefined;

  const isOver = ({ waiting, running, usedAt, startedAt }: Sequence<T>) => {
    if (waiting.length > 0 || running.size > 0) return false;
    const now = clock.now();
    return now - usedAt >= policy.maxIdleMs || (policy.timeoutMs > 0 && now - startedAt >= policy.timeoutMs);
  };
  const touch = (sequence: Sequence<T>) => {
    sequence.usedAt = clock.now();
    sequences.delete(sequence.id);
    sequences.set(sequence.id, sequence);
  };
  const removeOver = () => {
    for (const sequence of sequences.values()) if (isOver(sequence)) sequences.delete(sequence.id);
  };
  const isLost = (id: string) => {
    for (const [one, since] of lost) {
      if (clock.now() - since < policy.maxIdleMs && lost.size <= policy.sequences) break;
      lost.delete(one);
    }
    return lost.has(id);
  };
  const find = (id: string) => {
    const known = sequences.get(id);
    if (known === undefined || !isOver(known)) return known;
    sequences.delete(id);
    return undefined;
  };
  const begin = (id: string): Sequence<T> | undefined => {
    if (sequences.size >= policy.sequences) removeOver();
    if (sequences.size >= policy.sequences) return undefined;
    const now = clock.now();
    return { id, startedAt: now, usedAt: now, owner: undefined, hasState: false, waiting: [], running: new Set() };
  };
  const join = (item: T, { id, starts }: SequenceMark): boolean => {
    if (isLost(id) && !starts) return false;
    const sequence = find(id) ?? begin(id);
    if (sequence === undefined || sequence.waiting.length >= policy.sequenceCapacity) return false;
    lost.delete(id);
    sequence.waiting.push({ item, since: clock.now() });
    owners.set(item, sequence);
    touch(sequence);
    return true;
  };
  /** Gives sequences without an owner to the consumers with the fewest, of these to the one that was not given one for longest. */
  const assign = () => {
    if (consumers.size === 0) return;
    const owned = new Map([...consumers].map((consumer) => [consumer, 0]));
    const without: Sequence<T>[] = [];
    for (const sequence of sequences.values()) {
      if (sequence.owner === undefined) without.push(sequence);
      else owned.set(sequence.owner, (owned.get(sequence.owner) ?? 0) + 1);
    }
    for (const sequence of without) {
      const [fewest] = [...owned].reduce((least, one) => (one[1] < least[1] ? one : least));
      sequence.owner = fewest;
      const count = (owned.get(fewest) ?? 0) + 1;
      // Put last among equals, here and at the next call.
      for (const order of [owned, consumers]) order.delete(fewest);
      owned.set(fewest, count);
      consumers.add(fewest);
    }
  };
  /** What a consumer could be given now: one item of each of its sequences (that runs none), the oldest first. */
  const headsOf = (consumer: Consumer<T>, beside = false): Queued<T>[] => {
    const heads: Queued<T>[] = [];
    for (const { owner, running, waiting } of sequences.values()) {
      const [head] = waiting;
      if (owner === consumer && head !== undefined && (beside || running.size === 0)) heads.push(head);
    }
    return heads.sort((a, b) => a.since - b.since);
  };
  const begun = (batch: readonly Queued<T>[]): T[] => {
    for (const { item } of batch) {
      const sequence = owners.get(item);
      if (sequence === undefined) continue;
      sequence.waiting.shift();
      sequence.running.add(item);
      sequence.hasState = true;
    }
    return batch.map(({ item }) => item);
  };
  const send = (consumer: Consumer<T>, batch: readonly Queued<T>[]) => {
    idle.splice(idle.indexOf(consumer), 1);
    consumer(begun(batch));
  };
  const timeLeft = ({ since }: Queued<T>, isFull: boolean) => (isFull ? 0 : since + policy.maxDelayMs - clock.now());
  const dispatch = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    let wait = Infinity;
    for (const consumer of [...idle]) {
      const [alone] = loose;
      const heads = headsOf(consumer).slice(0, batchSize);
      const [first] = heads;
      const left = first === undefined ? Infinity : timeLeft(first, heads.length >= batchSize);
      // Blocks no consumer whose batch is not due.
      if (alone !== undefined && (first === undefined || left > 0 || alone.since <= first.since)) {
        loose.shift();
        send(consumer, [alone]);
      } else if (left > 0) wait = Math.min(wait, left);
      else send(consumer, heads);
    }
    if (Number.isFinite(wait)) cancelTimer = clock.after(wait, dispatch);
  };

  const withdraw = (consumer: Consumer<T>) => {
    const index = idle.indexOf(consumer);
    if (index >= 0) idle.splice(index, 1);
  };

  return {
    get length() {
      let length = loose.length;
      for (const { waiting } of sequences.values()) length += waiting.length;
      return length;
    },
    offer(item) {
      const mark = markOf(item);
      if (mark === undefined) {
        if (loose.length >= policy.capacity && idle.length === 0) return false;
        loose.push({ item, since: clock.now() });
      } else {
        if (!join(item, mark)) return false;
        assign();
      }
      dispatch();
      return true;
    },
    remove(item) {
      const from = owners.get(item)?.waiting ?? loose;
      const index = from.findIndex((one) => one.item === item);
      if (index >= 0) from.splice(index, 1);
      return index >= 0;
    },
    take(consumer, prefetch = false) {
      if (prefetch) return;
      if (!consumers.has(consumer)) {
        consumers.add(consumer);
        assign();
      }
      idle.push(consumer);
      dispatch();
    },
    poll: (consumer, most) => begun(headsOf(consumer, true).slice(0, Math.max(0, most))),
    withdraw,
    release(item, ended) {
      const sequence = owners.get(item);
      if (sequence === undefined) return;
      owners.delete(item);
      sequence.running.delete(item);
      if (sequences.get(sequence.id) !== sequence) return;
      if (ended && sequence.waiting.length === 0) sequences.delete(sequence.id);
      else touch(sequence);
      dispatch();
    },
    leave(consumer) {
      withdraw(consumer);
      consumers.delete(consumer);
      const waiting: T[] = [];
      for (const sequence of sequences.values()) {
        if (sequence.owner !== consumer) continue;
        sequence.owner = undefined;
        if (!sequence.hasState) continue;
        waiting.push(...sequence.waiting.splice(0).map(({ item }) => item));
        sequences.delete(sequence.id);
        lost.set(sequence.id, clock.now());
      }
      onLost(waiting);
      assign();
      dispatch();
    },
    // Nothing is prefetched, so only items that no consumer has started come back.
    putBack(items) {
      for (const item of items) {
        const sequence = owners.get(item);
        sequence?.running.delete(item);
        (sequence?.waiting ?? loose).unshift({ item, since: -Infinity });
      }
      dispatch();
    },
    setBatchSize(size) {
      batchSize = size;
      dispatch();
    },
    drain() {
      const all = [...loose.splice(0), ...[...sequences.values()].flatMap(({ waiting }) => waiting.splice(0))];
      return all.map(({ item }) => item);
    },
  };
}
