import type { Context, LogEvent } from '../../core/context.ts';

export interface ProcessContext extends Context {
  /** The signal that stopped the command, if any. */
  readonly endedBy: () => NodeJS.Signals | undefined;
}

/** Exit code after a second signal: 130 by convention for Ctrl-C, a failure for a service manager. */
const CUT_SHORT = { SIGINT: 130, SIGTERM: 1 } as const;

/** The context of a command. The first SIGINT or SIGTERM aborts its signal, a second one exits at once. */
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
