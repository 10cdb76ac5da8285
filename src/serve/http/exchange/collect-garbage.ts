import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Batches the collections for connections that are closed together. */
const DELAY_MS = 1_000;

/** V8 collects on allocation: an idle server would keep the buffers of disconnected clients for ever. */
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
      // The first collection frees the sockets, the second their buffers.
      if (typeof collect === 'function') for (let round = 0; round < 2; round++) collect();
    }, DELAY_MS).unref();
  };
}
