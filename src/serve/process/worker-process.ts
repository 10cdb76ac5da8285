import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { describeError, type ToolError } from '../../core/errors.ts';
import type { CodecLimits } from '../protocol/codec.ts';
import {
  type InferenceRequest,
  type LoadReport,
  type LoadRequest,
  readLoadReport,
  type WorkerResponse,
} from '../protocol/messages.ts';
import { addressOfRank, connectRanks, type Ranks } from '../protocol/ranks.ts';
import { ConnectionLost, type OnPart, type WorkerAddress, type WorkerConnection } from '../protocol/transport.ts';
import { createTracebackReader } from './python-traceback.ts';
import { describeExit, describeFailure, type Exit, LoadRefusal } from './worker-failure.ts';
import type { WorkerLaunch } from './worker-kind.ts';
import {
  createLineSplitter,
  createOutputTail,
  isMetricLine,
  isProtocolLine,
  type OutputStream,
} from './worker-output.ts';

/** For a worker to exit after its connection was closed; TorchServe kills at once. */
const STOP_TIMEOUT_MS = 2_000;
/** For the output of a dead process to arrive: it may come after its socket closed. */
const OUTPUT_TIMEOUT_MS = 1_000;
/** For a process to exit after its connection ended: Python with torch takes a while to clean up. */
const EXIT_TIMEOUT_MS = 3_000;
const STARTED = /^(.*)(INFO > )?Torch worker started\.$/;

export interface WorkerOptions {
  readonly launch: WorkerLaunch;
  readonly address: WorkerAddress;
  readonly load: LoadRequest;
  readonly ranks: Ranks;
  /** Whether it answers each batch as it is done, beside others. */
  readonly answersAsDone: boolean;
  /** For start, connection and load together. */
  readonly startupTimeoutMs: number;
  readonly limits: CodecLimits;
  /** Kills the process when the server dies; the result cancels that. */
  readonly guard: (pid: number) => () => void;
  /** Every output line of either stream, without protocol and metric lines. */
  readonly onLine: (line: string, stream: OutputStream) => void;
  /** Every metric line. */
  readonly onMetric: (line: string, stream: OutputStream) => void;
  /** Aborted when the worker is no longer needed, also while it starts. */
  readonly signal: AbortSignal;
}

/** A worker process that has loaded its model. */
export interface Worker extends LoadReport {
  readonly pid: number;
  readonly startedAt: Date;
  /** Rejects with WORKER_DIED or WORKER_OUT_OF_MEMORY once the process is dead. */
  predict(
    requests: readonly InferenceRequest[],
    timeoutMs: number,
    onPart?: OnPart,
    /** Whether the first part of a streamed answer is all there is, as in continuous batching. */
    isSingle?: boolean,
  ): Promise<WorkerResponse>;
  /** Resolves with the reason when the process is dead. */
  readonly died: Promise<ToolError>;
  /** Asks the process to exit, kills it after a timeout. Resolves when it is dead. */
  stop(): Promise<void>;
  /** Kills it at once; running batches fail with this reason unless there is one already. */
  kill(reason: string): void;
}

/** Spawn → "started" → connect → load. A failure leaves no process; the error has its last output. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const startedAt = new Date();
  const running = spawnWorker(options);
  const startup = createTimeout(
    options.startupTimeoutMs,
    `it did not load its model within ${options.startupTimeoutMs / 1000} s`,
  );
  const abort = whenAborted(options.signal);
  let connection: WorkerConnection | undefined;
  let report: LoadReport;
  try {
    await Promise.race([running.started, startup.expired, abort.aborted]);
    connection = await connectRanks(options.address, options.ranks, options.limits, options.answersAsDone);
    const loading = connection.exchange(options.load, options.startupTimeoutMs);
    const { code, message } = await Promise.race([loading, startup.expired, abort.aborted]);
    if (code !== 200) throw new LoadRefusal(code, message);
    report = readLoadReport(message, options.load.modelName);
  } catch (error) {
    connection?.close();
    throw await running.end(error);
  } finally {
    startup.cancel();
    abort.dispose();
  }
  return { ...toWorker(running, connection, startedAt), ...report };
}

function toWorker(running: RunningProcess, connection: WorkerConnection, startedAt: Date): Worker {
  return {
    pid: running.pid,
    startedAt,
    died: Promise.race([running.exited, connection.closed]).then((reason) => running.end(reason)),
    async predict(requests, timeoutMs, onPart, isSingle) {
      try {
        const response = await connection.exchange({ kind: 'predict', requests }, timeoutMs, onPart, isSingle);
        if (response.code !== 200) await outputArrived();
        return response;
      } catch (error) {
        throw await running.end(error);
      }
    },
    async stop() {
      connection.close();
      const timeout = createTimeout(STOP_TIMEOUT_MS, 'it did not exit');
      const late = await Promise.race([running.exited, timeout.expired]).catch((error: unknown) => error);
      timeout.cancel();
      await running.end(late);
    },
    kill(reason) {
      void running.end(new Error(reason));
      running.kill();
    },
  };
}

/** What a worker prints before it answers is in its pipe when the answer comes: this event-loop turn reads both. */
function outputArrived(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

interface RunningProcess {
  readonly pid: number;
  readonly started: Promise<void>;
  /** Resolves when the process has exited; the error of `end` says how. */
  readonly exited: Promise<undefined>;
  /** Ends the process, removes its socket and describes its end: the same error on every call. */
  end(reason: unknown): Promise<ToolError>;
  /** At once, also while `end` waits for the exit. */
  kill(): void;
}

function spawnWorker({ launch, address, ranks, guard, onLine, onMetric }: WorkerOptions): RunningProcess {
  // Its processes end with it. Windows has no process groups: there they leave when their connections end.
  const isGroup = ranks.count > 1 && process.platform !== 'win32';
  const child = spawn(launch.command, launch.args, {
    cwd: launch.cwd,
    env: { ...launch.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: isGroup,
    windowsHide: true,
  });
  const { pid } = child;
  const release = pid === undefined ? () => {} : guard(isGroup ? -pid : pid);
  const kill = () => {
    if (isGroup && pid !== undefined) killGroup(pid);
    else child.kill('SIGKILL');
  };
  // The pipe only signals that the server lives; EPIPE of a dead worker is no news.
  child.stdin.on('error', () => {});
  const tail = createOutputTail();
  const traceback = createTracebackReader();
  const { started, onLine: onStartLine } = listenForStart(ranks.count);
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    const lines = createLineSplitter((line) => {
      onStartLine(line);
      if (isMetricLine(line)) return onMetric(line, name);
      traceback.push(line);
      if (isProtocolLine(line)) return;
      tail.add(line);
      onLine(line, name);
    });
    stream.on('data', (chunk: Buffer) => lines.push(chunk));
    stream.on('end', () => lines.end());
  }
  let exit: Exit | undefined;
  const exited = new Promise<undefined>((resolve) => {
    child.once('error', (error) => {
      exit ??= { description: `it could not be started: ${describeError(error)}`, outOfMemory: false };
      resolve(undefined);
    });
    child.once('exit', (code, signal) => {
      release();
      exit ??= describeExit(code, signal, tail.lines());
      resolve(undefined);
    });
  });
  const outputEnded = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let ending: Promise<ToolError> | undefined;
  const end = async (reason: unknown): Promise<ToolError> => {
    // After a timeout or a protocol error we closed the socket ourselves: how the worker exits then says nothing.
    const exitedByItself = await hasExited(
      child,
      reason === undefined || reason instanceof ConnectionLost ? exited : undefined,
    );
    kill();
    await exited;
    const timeout = createTimeout(OUTPUT_TIMEOUT_MS, '');
    await Promise.race([outputEnded, timeout.expired]).catch(() => {});
    timeout.cancel();
    for (let rank = 0; rank < ranks.count; rank++) await removeSocket(addressOfRank(address, rank));
    return describeFailure(reason, exitedByItself ? exit : undefined, { cause: traceback.cause, lines: tail.lines() });
  };
  return {
    pid: child.pid ?? -1,
    started: Promise.race([started, exited.then(() => Promise.reject(new Error('it ended before it was ready')))]),
    exited,
    end: (reason) => (ending ??= end(reason)),
    kill,
  };
}

/** Also where the first of the group is gone already. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}

async function removeSocket(address: WorkerAddress): Promise<void> {
  if (address.kind === 'unix') await rm(address.path, { force: true });
}

/** The socket of a dying process can close before its exit is reported. */
async function hasExited(child: ChildProcess, exited: Promise<undefined> | undefined): Promise<boolean> {
  if (exited !== undefined && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const timeout = createTimeout(EXIT_TIMEOUT_MS, '');
    await Promise.race([exited, timeout.expired]).catch(() => {});
    timeout.cancel();
  }
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Each of its processes says so. */
function listenForStart(processes: number): { started: Promise<void>; onLine(line: string): void } {
  let onLine: (line: string) => void = () => {};
  let left = processes;
  const started = new Promise<void>((resolve) => {
    onLine = (line) => {
      if (!STARTED.test(line)) return;
      left -= 1;
      if (left > 0) return;
      onLine = () => {};
      resolve();
    };
  });
  return { started, onLine: (line) => onLine(line) };
}

function createTimeout(ms: number, problem: string): { expired: Promise<never>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), ms);
  });
  expired.catch(() => {});
  return { expired, cancel: () => clearTimeout(timer) };
}

/** Dispose of it after the start: the signal outlives any number of restarts. */
function whenAborted(signal: AbortSignal): { aborted: Promise<never>; dispose(): void } {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('it is no longer needed'));
  });
  aborted.catch(() => {});
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
  return { aborted, dispose: () => signal.removeEventListener('abort', stop) };
}
