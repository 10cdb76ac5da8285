import type { Context, LogEvent } from '../../core/context.ts';

export interface ProcessContext extends Context {
  /** The signal that ended the work, when one did. */
  readonly endedBy: () => NodeJS.Signals | undefined;
}

/** Exit status when a second signal cuts the orderly end short: by convention for Ctrl-C, "not done" for a service manager. */
const CUT_SHORT = { SIGINT: 130, SIGTERM: 1 } as const;

/** The outside world as commands see it. The first SIGINT or SIGTERM asks for an orderly end, a second one ends at once. */
export function createContext(log: (event: LogEvent) => void): ProcessContext {
  const controller = new AbortController();
  let endedBy: NodeJS.Signals | undefined;
  const onSignal = (signal: keyof typeof CUT_SHORT) => {
    if (endedBy !== undefined) process.exit(CUT_SHORT[signal]);
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
