import type { Clock } from './batch-queue.ts';

/** What is begun and not yet answered, for those who wait until none of it is left. */
export interface OpenWork<Owner> {
  readonly size: number;
  /** Call the result once, when it is over. Work may belong to nobody. */
  begin(owner?: Owner): () => void;
  /** Whether all of it (of one owner) was over before the time was. */
  idle(graceMs: number, owner?: Owner): Promise<boolean>;
}

export function createOpenWork<Owner>(clock: Clock): OpenWork<Owner> {
  let size = 0;
  const counts = new Map<Owner, number>();
  const waiting = new Set<() => void>();
  const countOf = (owner: Owner | undefined) => (owner === undefined ? size : (counts.get(owner) ?? 0));
  const change = (owner: Owner | undefined, by: number) => {
    size += by;
    if (owner === undefined) return;
    const count = countOf(owner) + by;
    if (count === 0) counts.delete(owner);
    else counts.set(owner, count);
  };

  return {
    get size() {
      return size;
    },
    begin(owner) {
      change(owner, 1);
      return () => {
        change(owner, -1);
        for (const look of waiting) look();
      };
    },
    idle: (graceMs, owner) =>
      new Promise((resolve) => {
        if (countOf(owner) === 0) return resolve(true);
        const end = (isIdle: boolean) => {
          cancel();
          waiting.delete(look);
          resolve(isIdle);
        };
        const look = () => {
          if (countOf(owner) === 0) end(true);
        };
        const cancel = clock.after(graceMs, () => end(false));
        waiting.add(look);
      }),
  };
}
