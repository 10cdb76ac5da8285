import { resolve } from 'node:path';

/** One line about a running job. The cli room decides whether and how it is shown. */
export type LogEvent =
  | { readonly kind: 'notice' | 'warning'; readonly message: string; readonly hint?: string }
  /** A line of a log, from a worker or for other programs: never wrapped. */
  | { readonly kind: 'line'; readonly message: string }
  /** Bytes done of bytes expected, of one job; `total` may be unknown. */
  | { readonly kind: 'progress'; readonly job: string; readonly done: number; readonly total?: number };

/** Everything outside a command. No module below `cli` reads process globals. */
export interface Context {
  /** Absolute folder that relative paths of the user refer to. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly log: (event: LogEvent) => void;
}

/** A context for library use, by default in the folder of the process; nothing is logged unless asked. */
export function createContext(cwd: string = resolve(), overrides: Partial<Context> = {}): Context {
  return {
    cwd,
    env: {},
    signal: new AbortController().signal,
    now: () => new Date(),
    log: () => {},
    ...overrides,
  };
}
