import { readFingerprint } from './model/fingerprint.ts';
import type { Clock } from './pool/clock.ts';

/** Poll interval. A file that looks the same twice counts as completely written; otherwise loading fails and is tried again. */
const INTERVAL_MS = 300;

/** An archive or folder that is served or will be. */
export interface Watched {
  /** Unique, even if two models share an archive. */
  readonly key: string;
  readonly path: string;
  /** Of the version that is served; undefined if none is. */
  readonly fingerprint: string | undefined;
  /** Of the version that was tried at the start and is not retried; undefined if none was tried. */
  readonly tried: string | undefined;
}

export interface WatchOptions<W extends Watched> {
  readonly clock: Clock;
  /** All watched paths; called before every poll. */
  list(): Promise<readonly W[]>;
  /** Loads the current version. */
  load(watched: W): Promise<void>;
  /** Called once for each change that cannot be loaded. */
  onRefused(watched: W, error: unknown): void;
  /** Called once when the path is removed. */
  onGone(watched: W): void;
}

/**
 * Polls archives and folders and loads those that changed. Polling, because file systems of containers and of other machines
 * send no change events.
 */
export function watch<W extends Watched>(options: WatchOptions<W>): { close(): void } {
  const observations = new Map<string, Observation>();
  let cancel = () => {};
  let isClosed = false;
  const poll = async () => {
    const list = await options.list();
    await Promise.all(list.map((watched) => check(options, watched, observations)));
    const keys = new Set(list.map(({ key }) => key));
    for (const key of observations.keys()) if (!keys.has(key)) observations.delete(key);
    if (!isClosed) cancel = options.clock.after(INTERVAL_MS, poll);
  };
  void poll();
  return {
    close() {
      isClosed = true;
      cancel();
    },
  };
}

/** State of a path at the last poll. */
interface Observation {
  fingerprint: string | undefined;
  /** Loaded or reported; nothing to do until the next change. */
  isSettled: boolean;
  isLoading: boolean;
}

async function check<W extends Watched>(
  { load, onRefused, onGone }: WatchOptions<W>,
  watched: W,
  observations: Map<string, Observation>,
): Promise<void> {
  const fingerprint = await readFingerprint(watched.path);
  const before = observations.get(watched.key);
  if (before?.isLoading === true) return;
  if (fingerprint === watched.fingerprint) return void observations.delete(watched.key);
  if (before === undefined || before.fingerprint !== fingerprint) {
    const isSettled = fingerprint !== undefined && fingerprint === watched.tried;
    return void observations.set(watched.key, { fingerprint, isSettled, isLoading: false });
  }
  if (before.isSettled) return;
  before.isSettled = true;
  if (fingerprint === undefined) return onGone(watched);
  before.isLoading = true;
  void load(watched)
    .catch((error: unknown) => onRefused(watched, error))
    .finally(() => {
      before.isLoading = false;
    });
}
