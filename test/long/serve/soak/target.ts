import type { Agent } from 'node:http';

/** A server with the models `steady` and `victim` of the same handler, and `guest-1.0.mar` in its store. */
export interface Target {
  readonly url: string;
  /** Where it listens for gRPC. */
  readonly grpc: string;
  /** Holds the connections over HTTP, so that all of them can be closed at the end. */
  readonly agent: Agent;
  /** In the clock of `performance`. */
  readonly until: number;
  /** How often each thing was done. */
  readonly done: Map<string, number>;
  /** Answers that should not have come. */
  readonly wrong: string[];
}

export type Step = (target: Target) => Promise<void>;

/** One thing after another until the time is over. */
export async function repeat(target: Target, steps: readonly Step[], offset: number): Promise<void> {
  for (let turn = offset; performance.now() < target.until; turn++) await steps[turn % steps.length]?.(target);
}

export function count({ done }: Target, what: string): void {
  done.set(what, (done.get(what) ?? 0) + 1);
}
