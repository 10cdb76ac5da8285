import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { describeError, type ToolError } from '../../core/errors.ts';
import type { CodecLimits } from '../protocol/codec.ts';
import { type InferenceRequest, type LoadRequest, providerOf, type WorkerResponse } from '../protocol/messages.ts';

import {
  ConnectionLost,
  connectWorker,
  type OnPart,
  type WorkerAddress,
  type WorkerConnection,
} from '../protocol/transport.ts';

import { createTracebackReader } from './python-traceback.ts';
import { describeExit, type Exit, LoadRefusal, wordDeath } from './worker-death.ts';
import type { WorkerLaunch } from './worker-kind.ts';
import { createLineSplitter, createOutputTail, isMetricLine, isProtocolLine } from './worker-output.ts';

/** What a worker gets to leave by itself after its stream was ended; upstream kills at once. */
const LEAVE_TIMEOUT_MS = 2_000;
/** Output that a process wrote before it died may reach us after its socket closed. */
const LAST_WORDS_TIMEOUT_MS = 1_000;
/** From the end of its connection to the exit that ended it: a Python with torch takes a while to clean up. */
const EXIT_TIMEOUT_MS = 3_000;
const STARTED = /^(.*)(INFO > )?Torch worker started\.$/;

export interface WorkerOptions {
  readonly launch: WorkerLaunch;
  readonly address: WorkerAddress;
  readonly load: LoadRequest;
  /** Start, connection and load together. */
  readonly startupTimeoutMs: number;
  readonly limits: CodecLimits;
  /** Ends the process should we be killed; the result calls that off. */
  readonly guard: (pid: number) => () => void;
  /** Every line the worker writes about its work, from either stream. */
  readonly onLine: (line: string) => void;
  /** Every line that is a measurement. */
  readonly onMetric: (line: string) => void;
  /** Aborted when the worker is no longer wanted, also while it starts. */
  readonly signal: AbortSignal;
}

/** A process that has loaded its model and answers one batch at a time. */
export interface Worker {
  readonly pid: number;
  readonly startedAt: Date;
  /** What runs the model ("cpu", "cuda", …), where the worker says it. */
  readonly provider?: string | undefined;
  /** Rejects with WORKER_DIED or WORKER_OUT_OF_MEMORY; the process is dead by then. */
  predict(requests: readonly InferenceRequest[], timeoutMs: number, onPart?: OnPart): Promise<WorkerResponse>;
  /** Resolves when the process is gone, with the reason. */
  readonly died: Promise<ToolError>;
  /** Lets the process leave, then makes it. Resolves when it is gone. */
  stop(): Promise<void>;
  /** At once; what it runs fails, for this reason unless it has one already. */
  kill(reason: string): void;
}

/** Spawn → "started" → connect → load. Whatever fails on the way leaves no process, and its last words are in the error. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const startedAt = new Date();
  const running = spawnWorker(options);
  const startup = within(
    options.startupTimeoutMs,
    `it did not load its model within ${options.startupTimeoutMs / 1000} s`,
  );
  const calledOff = whenAborted(options.signal);
  let connection: WorkerConnection | undefined;
  let provider: string | undefined;
  try {
    await Promise.race([running.started, startup.expired, calledOff.aborted]);
    connection = await connectWorker(options.address, options.limits);
    const loading = connection.exchange(options.load, options.startupTimeoutMs);
    const { code, message } = await Promise.race([loading, startup.expired, calledOff.aborted]);
    if (code !== 200) throw new LoadRefusal(code, message);
    provider = providerOf(message, options.load.modelName);
  } catch (error) {
    connection?.close();
    throw await running.end(error);
  } finally {
    startup.cancel();
    calledOff.forget();
  }
  return { ...toWorker(running, connection, startedAt), provider };
}

function toWorker(running: RunningProcess, connection: WorkerConnection, startedAt: Date): Worker {
  return {
    pid: running.pid,
    startedAt,
    died: Promise.race([running.exited, connection.closed]).then((reason) => running.end(reason)),
    async predict(requests, timeoutMs, onPart) {
      try {
        return await connection.exchange({ kind: 'predict', requests }, timeoutMs, onPart);
      } catch (error) {
        throw await running.end(error);
      }
    },
    async stop() {
      connection.close();
      const patience = within(LEAVE_TIMEOUT_MS, 'it did not leave');
      const late = await Promise.race([running.exited, patience.expired]).catch((error: unknown) => error);
      patience.cancel();
      await running.end(late);
    },
    kill(reason) {
      void running.end(new Error(reason));
      running.kill();
    },
  };
}

interface RunningProcess {
  readonly pid: number;
  readonly started: Promise<void>;
  /** Resolves with undefined; how it exited is in the error that `end` makes. */
  readonly exited: Promise<undefined>;
  /** Makes sure that the process is gone and its socket removed, and words its end: the same error every time. */
  end(reason: unknown): Promise<ToolError>;
  /** Also while `end` waits for it to leave by itself. */
  kill(): void;
}

function spawnWorker({ launch, address, guard, onLine, onMetric }: WorkerOptions): RunningProcess {
  const child = spawn(launch.command, launch.args, {
    cwd: launch.cwd,
    env: { ...launch.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const release = child.pid === undefined ? () => {} : guard(child.pid);
  // The pipe only says that we live; a worker that is gone already makes writing to it fail, which is no news.
  child.stdin.on('error', () => {});
  const tail = createOutputTail();
  const traceback = createTracebackReader();
  const { started, hear } = listenForStart();
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createLineSplitter((line) => {
      hear(line);
      if (isMetricLine(line)) return onMetric(line);
      traceback.push(line);
      if (isProtocolLine(line)) return;
      tail.add(line);
      onLine(line);
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
    // What we found ourselves (too late, no frame) made us close the socket, and the worker leaves because of that.
    const exitedByItself = await hasExited(
      child,
      reason === undefined || reason instanceof ConnectionLost ? exited : undefined,
    );
    child.kill('SIGKILL');
    await exited;
    const patience = within(LAST_WORDS_TIMEOUT_MS, '');
    await Promise.race([outputEnded, patience.expired]).catch(() => {});
    patience.cancel();
    if (address.kind === 'unix') await rm(address.path, { force: true });
    return wordDeath(reason, exitedByItself ? exit : undefined, { cause: traceback.cause, lines: tail.lines() });
  };
  return {
    pid: child.pid ?? -1,
    started: Promise.race([started, exited.then(() => Promise.reject(new Error('it ended before it started')))]),
    exited,
    end: (reason) => (ending ??= end(reason)),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** A socket can close a moment before the exit that closed it is reported. */
async function hasExited(child: ChildProcess, exited: Promise<undefined> | undefined): Promise<boolean> {
  if (exited !== undefined && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const patience = within(EXIT_TIMEOUT_MS, '');
    await Promise.race([exited, patience.expired]).catch(() => {});
    patience.cancel();
  }
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

function listenForStart(): { started: Promise<void>; hear(line: string): void } {
  let hear: (line: string) => void = () => {};
  const started = new Promise<void>((resolve) => {
    hear = (line) => {
      if (!STARTED.test(line)) return;
      hear = () => {};
      resolve();
    };
  });
  return { started, hear: (line) => hear(line) };
}

function within(ms: number, problem: string): { expired: Promise<never>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), ms);
  });
  expired.catch(() => {});
  return { expired, cancel: () => clearTimeout(timer) };
}

/** The listener goes with the start it belongs to: a slot's signal lives through any number of restarts. */
function whenAborted(signal: AbortSignal): { aborted: Promise<never>; forget(): void } {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('it is no longer wanted'));
  });
  aborted.catch(() => {});
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
  return { aborted, forget: () => signal.removeEventListener('abort', stop) };
}
