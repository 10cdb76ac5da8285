import { describeError, ToolError } from '../../core/errors.ts';
import { ConnectionLost } from '../protocol/transport.ts';

/** The worker itself said why it cannot load; more telling than how it then exits. */
export class LoadRefusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Exit {
  readonly description: string;
  readonly outOfMemory: boolean;
}

/** 137 is what a container's or shell's kill for memory looks like; V8 aborts with its own words when the heap is full. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null, lastLines: readonly string[]): Exit {
  const heapFull = signal === 'SIGABRT' && lastLines.some((line) => line.includes('heap out of memory'));
  const description = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`;
  return { description, outOfMemory: code === 137 || heapFull };
}

/** What a process wrote before it died. */
export interface LastWords {
  /** An exception that it reported; more telling than how it then exits. */
  readonly cause: string | undefined;
  readonly lines: readonly string[];
}

/** Python's exit after an exception that nobody caught, and that of TorchServe's worker after one that it logged. */
const EXIT_AFTER_EXCEPTION = 'it exited with code 1';

export function wordDeath(
  reason: unknown,
  exit: Exit | undefined,
  { cause: exception, lines: output }: LastWords,
): ToolError {
  const cause = { cause: reason };
  if (reason instanceof LoadRefusal && reason.code === 507)
    return new ToolError('WORKER_OUT_OF_MEMORY', { reason: reason.message }, cause);
  if (reason instanceof LoadRefusal)
    return new ToolError(
      'WORKER_DIED',
      { reason: exception === undefined ? reason.message : `Cause: ${exception}.`, output },
      cause,
    );
  if (exit?.outOfMemory === true)
    return new ToolError('WORKER_OUT_OF_MEMORY', { reason: `The worker died: ${exit.description}.` }, cause);
  const isException = exit === undefined ? reason instanceof ConnectionLost : exit.description === EXIT_AFTER_EXCEPTION;
  const words =
    (isException ? exception : undefined) ??
    exit?.description ??
    (reason === undefined ? 'it was stopped' : describeError(reason));
  return new ToolError('WORKER_DIED', { reason: `Cause: ${words.replace(/\.$/, '')}.`, output }, cause);
}
