import type { ServedState } from './served-state.ts';
import { nameSnapshot, type SnapshotReason, writeSnapshot } from './snapshot-folder.ts';

export interface SnapshotWriterOptions {
  readonly folder: string;
  /** The configuration without the models. */
  readonly properties: ReadonlyMap<string, string>;
  readonly now: () => Date;
  /** The current state. */
  take(): ServedState;
  /** The server goes on; older snapshots stay. */
  onFailure(error: unknown): void;
}

/** Writes a snapshot at the start, after every change and at the shutdown. */
export interface SnapshotWriter {
  /** The server is up: from now on changes are written. */
  begin(): Promise<void>;
  /** Resolves when a snapshot taken after this call is on disk. */
  noteChange(): Promise<void>;
  /** The server is stopping: writes the state to restart from. */
  end(): Promise<void>;
}

export function createSnapshotWriter(options: SnapshotWriterOptions): SnapshotWriter {
  let phase: 'starting' | 'running' | 'over' = 'starting';
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const enqueue = (reason: SnapshotReason, take = options.take) => {
    last = last.then(() => write(options, reason, take())).catch(options.onFailure);
    return last;
  };
  return {
    begin() {
      phase = 'running';
      return enqueue('startup');
    },
    noteChange() {
      if (phase !== 'running') return Promise.resolve();
      // Changes during a write share the next one.
      waiting ??= last.then(() => {
        waiting = undefined;
        return phase === 'running' ? enqueue('snapshot') : last;
      });
      return waiting;
    },
    end() {
      if (phase !== 'running') return last;
      phase = 'over';
      // Now: when it is written the workers have ended.
      const state = options.take();
      return enqueue('shutdown', () => state);
    },
  };
}

async function write(
  { folder, properties, now }: SnapshotWriterOptions,
  reason: SnapshotReason,
  state: ServedState,
): Promise<void> {
  const created = now();
  const name = await nameSnapshot(folder, reason, created);
  const text = JSON.stringify({ name, created: created.getTime(), ...state }, null, 2);
  await writeSnapshot(folder, name, new Map([...properties, ['model_snapshot', text]]));
}
