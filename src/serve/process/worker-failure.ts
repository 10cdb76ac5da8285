import { describeError, ToolError } from '../../core/errors.ts';
import { ConnectionLost } from '../protocol/transport.ts';

/** The worker's own reason why it cannot load the model; better than its exit code. */
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

/** 137 is the exit code after an out-of-memory kill by a container or shell; V8 prints "heap out of memory" and aborts. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null, lastLines: readonly string[]): Exit {
  const heapFull = signal === 'SIGABRT' && lastLines.some((line) => line.includes('heap out of memory'));
  const description = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`;
  return { description, outOfMemory: code === 137 || heapFull };
}

/** Output of a process before it died. */
export interface FinalOutput {
  /** An exception that it reported; better than its exit code. */
  readonly cause: string | undefined;
  readonly lines: readonly string[];
}

/** Python's exit after an uncaught exception, and TorchServe's worker's after a logged one. */
const EXIT_AFTER_EXCEPTION = 'it exited with code 1';

/** A worker that died. Its last output may be about other clients' requests: it is for describe and the log alone. */
export class WorkerDeath extends ToolError<'WORKER_DIED'> {
  /** The same without the output. */
  readonly forClients: ToolError;
  constructor(reason: string, output: readonly string[], cause: unknown) {
    super('WORKER_DIED', { reason, output }, { cause });
    this.forClients = new ToolError('WORKER_DIED', { reason, output: [] }, { cause });
  }
}

export function describeFailure(
  reason: unknown,
  exit: Exit | undefined,
  { cause: exception, lines: output }: FinalOutput,
): ToolError {
  const cause = { cause: reason };
  if (reason instanceof LoadRefusal && reason.code === 507)
    return new ToolError('WORKER_OUT_OF_MEMORY', { reason: reason.message }, cause);
  if (reason instanceof LoadRefusal)
    return new WorkerDeath(exception === undefined ? reason.message : `Cause: ${exception}.`, output, reason);
  if (exit?.outOfMemory === true)
    return new ToolError('WORKER_OUT_OF_MEMORY', { reason: `The worker died: ${exit.description}.` }, cause);
  const isException = exit === undefined ? reason instanceof ConnectionLost : exit.description === EXIT_AFTER_EXCEPTION;
  const words =
    (isException ? exception : undefined) ??
    exit?.description ??
    (reason === undefined ? 'it was stopped' : describeError(reason));
  return new WorkerDeath(`Cause: ${words.replace(/\.$/, '')}.`, output, reason);
}
