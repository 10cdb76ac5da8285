import type { Clock } from '../pool/clock.ts';

/** What is begun and not yet answered, for those who wait until none of it is left. */
export interface OpenWork<Owner> {
  readonly size: number;
  /** Call the result once, when it is over. Work may belong to nobody. */
  begin(owner?: Owner): () => void;
  /** Whether all of it (of one owner) was over before the time was. */
  idle(graceMs: number, owner?: Owner): Promise<boolean>;
}

export function createOpenWork<Owner extends object>(clock: Clock): OpenWork<Owner> {
  const all = { count: 0 };
  const ofOwner = new WeakMap<Owner, { count: number }>();
  const waiting = new Set<() => void>();
  const tallyOf = (owner: Owner | undefined) => {
    if (owner === undefined) return all;
    const known = ofOwner.get(owner);
    if (known !== undefined) return known;
    const tally = { count: 0 };
    ofOwner.set(owner, tally);
    return tally;
  };

  return {
    get size() {
      return all.count;
    },
    begin(owner) {
      const tally = tallyOf(owner);
      all.count++;
      if (tally !== all) tally.count++;
      return () => {
        all.count--;
        if (tally !== all) tally.count--;
        for (const look of waiting) look();
      };
    },
    idle: (graceMs, owner) =>
      new Promise((resolve) => {
        const tally = tallyOf(owner);
        if (tally.count === 0) return resolve(true);
        const end = (isIdle: boolean) => {
          cancel();
          waiting.delete(look);
          resolve(isIdle);
        };
        const look = () => {
          if (tally.count === 0) end(true);
        };
        const cancel = clock.after(graceMs, () => end(false));
        waiting.add(look);
      }),
  };
}
