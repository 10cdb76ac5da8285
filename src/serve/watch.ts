import { readFingerprint } from './model/fingerprint.ts';
import type { Clock } from './pool/clock.ts';

/** Between two looks. What looks the same twice is taken to be written whole; a file that is not is refused, and looked at again. */
const INTERVAL_MS = 300;

/** Something on disk that is served, or shall be. */
export interface Watched {
  /** Its own, also where two models share an archive. */
  readonly key: string;
  readonly path: string;
  /** Of what is served from there; undefined for what is not served yet. */
  readonly fingerprint: string | undefined;
}

export interface WatchOptions<W extends Watched> {
  readonly clock: Clock;
  /** Everything to look at; asked before every look, for it changes too. */
  list(): Promise<readonly W[]>;
  /** Serves what is there now. */
  load(watched: W): Promise<void>;
  /** Told once of each change that cannot be served. */
  onRefused(watched: W, error: unknown): void;
  /** Told once when it is not there any more. */
  onGone(watched: W): void;
}

/**
 * Looks at archives and folders again and again and loads those that have changed. It looks by itself, since file systems
 * in containers and on other machines do not tell of changes.
 */
export function watch<W extends Watched>(options: WatchOptions<W>): { close(): void } {
  const sightings = new Map<string, Sighting>();
  let isFirst = true;
  let cancel = () => {};
  let isClosed = false;
  const look = async () => {
    const list = await options.list();
    await Promise.all(list.map((watched) => lookAt(options, watched, sightings, isFirst)));
    isFirst = false;
    const keys = new Set(list.map(({ key }) => key));
    for (const key of sightings.keys()) if (!keys.has(key)) sightings.delete(key);
    if (!isClosed) cancel = options.clock.after(INTERVAL_MS, look);
  };
  void look();
  return {
    close() {
      isClosed = true;
      cancel();
    },
  };
}

/** What was seen of a path the last time. */
interface Sighting {
  fingerprint: string | undefined;
  /** It was tried, or told; nothing more to do until it changes again. */
  isSettled: boolean;
  isLoading: boolean;
}

async function lookAt<W extends Watched>(
  { load, onRefused, onGone }: WatchOptions<W>,
  watched: W,
  sightings: Map<string, Sighting>,
  isFirst: boolean,
): Promise<void> {
  const fingerprint = await readFingerprint(watched.path);
  const before = sightings.get(watched.key);
  if (before?.isLoading === true) return;
  if (fingerprint === watched.fingerprint) return void sightings.delete(watched.key);
  if (before === undefined || before.fingerprint !== fingerprint) {
    // What is not served though it was there at the start was tried then.
    const isSettled = isFirst && watched.fingerprint === undefined;
    return void sightings.set(watched.key, { fingerprint, isSettled, isLoading: false });
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
