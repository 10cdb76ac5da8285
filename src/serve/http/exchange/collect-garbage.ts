import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Long enough for what was cut together to be dropped together. */
const DELAY_MS = 1_000;

/** V8 collects while a program allocates: what clients that were cut have left would lie in an idle server for ever. */
export function createGarbageCollector(): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      setFlagsFromString('--expose-gc');
      const collect: unknown = runInNewContext('gc');
      setFlagsFromString('--no-expose-gc');
      // A first collection frees the sockets, a second what they held.
      if (typeof collect === 'function') for (let round = 0; round < 2; round++) collect();
    }, DELAY_MS).unref();
  };
}
