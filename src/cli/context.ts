import type { Context, LogEvent } from '../core/context.ts';

export interface ProcessContext extends Context {
  /** The signal that ended the work, when one did. */
  readonly endedBy: () => NodeJS.Signals | undefined;
}

/** Conventional exit status of a process that a signal ended. */
const SIGINT_STATUS = 130;

/** The outside world as commands see it. The first SIGINT or SIGTERM asks for an orderly end, a second one ends at once. */
export function createContext(log: (event: LogEvent) => void): ProcessContext {
  const controller = new AbortController();
  let endedBy: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (endedBy !== undefined) process.exit(SIGINT_STATUS);
    endedBy = signal;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    cwd: process.cwd(),
    env: process.env,
    signal: controller.signal,
    now: () => new Date(),
    log,
    endedBy: () => endedBy,
  };
}
