import type { ServedState } from './served-state.ts';
import { nameSnapshot, type Occasion, writeSnapshot } from './snapshot-folder.ts';

export interface SnapshotWriterOptions {
  readonly folder: string;
  /** Everything a server can be configured with but the models. */
  readonly properties: ReadonlyMap<string, string>;
  readonly now: () => Date;
  /** What is served at this moment. */
  take(): ServedState;
  /** A server goes on without its snapshots; what there was stays as it is. */
  onFailure(error: unknown): void;
}

/** Keeps what is served on disk, from the start of the server to its end. */
export interface SnapshotWriter {
  /** The server is up: from now on changes are kept. */
  begin(): Promise<void>;
  /** Resolves when a snapshot is on the disk that was taken after this call. */
  noteChange(): Promise<void>;
  /** The server is told to stop: as it is now it shall start again. */
  end(): Promise<void>;
}

export function createSnapshotWriter(options: SnapshotWriterOptions): SnapshotWriter {
  let phase: 'starting' | 'running' | 'over' = 'starting';
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const enqueue = (occasion: Occasion, take = options.take) => {
    last = last.then(() => write(options, occasion, take())).catch(options.onFailure);
    return last;
  };
  return {
    begin() {
      phase = 'running';
      return enqueue('startup');
    },
    noteChange() {
      if (phase !== 'running') return Promise.resolve();
      // Changes that come while one is being written share the next.
      waiting ??= last.then(() => {
        waiting = undefined;
        return phase === 'running' ? enqueue('snapshot') : last;
      });
      return waiting;
    },
    end() {
      if (phase !== 'running') return last;
      phase = 'over';
      // Now, not when it is written: by then the workers are ended.
      const state = options.take();
      return enqueue('shutdown', () => state);
    },
  };
}

async function write(
  { folder, properties, now }: SnapshotWriterOptions,
  occasion: Occasion,
  state: ServedState,
): Promise<void> {
  const created = now();
  const name = await nameSnapshot(folder, occasion, created);
  const text = JSON.stringify({ name, created: created.getTime(), ...state }, null, 2);
  await writeSnapshot(folder, name, new Map([...properties, ['model_snapshot', text]]));
}
