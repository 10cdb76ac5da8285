import type { Context, LogEvent } from '../../src/core/context.ts';

export interface RecordedContext extends Context {
  readonly events: LogEvent[];
  readonly messages: () => string[];
}

/** A context for a command under test: its own folder, a fixed clock, and every log event kept. */
export function testContext(cwd: string, overrides: Partial<Context> = {}): RecordedContext {
  const events: LogEvent[] = [];
  return {
    cwd,
    env: {},
    signal: new AbortController().signal,
    now: () => new Date('2026-11-23T10:20:30Z'),
    log: (event) => void events.push(event),
    events,
    messages: () => events.flatMap((event) => (event.kind === 'progress' ? [] : [event.message])),
    ...overrides,
  };
}
