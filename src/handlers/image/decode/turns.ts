/** Runs a job when it is its turn. */
export type InTurn = <T>(job: () => Promise<T>) => Promise<T>;

/** At most `atOnce` jobs at a time; the others wait in order. */
export function createTurns(atOnce: number): InTurn {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (job) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
