import type { Clock } from '../pool/clock.ts';

/** Counts requests in flight, in total and by owner, and waits until none is left. */
export interface InFlightCounter<Owner> {
  readonly size: number;
  /** Counts one request; call the result once when it ends. The owner is optional. */
  begin(owner?: Owner): () => void;
  /** Waits until the count (of one owner) is 0; false when the grace period ended first. */
  idle(graceMs: number, owner?: Owner): Promise<boolean>;
}

export function createInFlightCounter<Owner extends object>(clock: Clock): InFlightCounter<Owner> {
  const total = { count: 0 };
  const ofOwner = new WeakMap<Owner, { count: number }>();
  const waiters = new Set<() => void>();
  const tallyOf = (owner: Owner | undefined) => {
    if (owner === undefined) return total;
    const known = ofOwner.get(owner);
    if (known !== undefined) return known;
    const tally = { count: 0 };
    ofOwner.set(owner, tally);
    return tally;
  };

  return {
    get size() {
      return total.count;
    },
    begin(owner) {
      const tally = tallyOf(owner);
      total.count++;
      if (tally !== total) tally.count++;
      return () => {
        total.count--;
        if (tally !== total) tally.count--;
        for (const check of waiters) check();
      };
    },
    idle: (graceMs, owner) =>
      new Promise((resolve) => {
        const tally = tallyOf(owner);
        if (tally.count === 0) return resolve(true);
        const end = (isIdle: boolean) => {
          cancel();
          waiters.delete(check);
          resolve(isIdle);
        };
        const check = () => {
          if (tally.count === 0) end(true);
        };
        const cancel = clock.after(graceMs, () => end(false));
        waiters.add(check);
      }),
  };
}
