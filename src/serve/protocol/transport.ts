import { connect, type Socket } from 'node:net';
import { describeError, ToolError } from '../../core/errors.ts';
import { type CodecLimits, createResponseDecoder, writeRequest } from './codec.ts';
import { createFrameOutbox } from './frame-outbox.ts';
import { isPart, type WorkerRequest, type WorkerResponse } from './messages.ts';

/** Where a worker listens. A Unix socket unless the platform has none or the path would be too long for one. */
export type WorkerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface WorkerConnection {
  /**
   * Sends one request and waits for its one answer. Requests sent before earlier ones are answered lie in the worker's
   * socket meanwhile; answers come in the order of the requests. Rejects with WORKER_PROTOCOL or a {@link ConnectionLost},
   * for every request that is open, and the connection is closed then: an answer that comes too late can never meet another
   * request. The time counts from when the worker can begin with the request; an answer that streams arrives in parts
   * first, and the time starts anew with each.
   */
  exchange(request: WorkerRequest, timeoutMs: number, onPart?: OnPart): Promise<WorkerResponse>;
  /** Resolves when nothing more can be exchanged, with the reason unless we closed it. */
  readonly closed: Promise<Error | undefined>;
  /** Says goodbye: the worker sees the end of the stream and leaves. */
  close(): void;
}

/** Told of every part of an answer but the last. */
export type OnPart = (part: WorkerResponse) => void;

/** The other side went away: how its process ended says more than this does. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface Outstanding {
  readonly timeoutMs: number;
  readonly onPart: OnPart;
  resolve(response: WorkerResponse): void;
  reject(error: Error): void;
}

export async function connectWorker(address: WorkerAddress, limits: CodecLimits): Promise<WorkerConnection> {
  const socket = await openSocket(address);
  const decoder = createResponseDecoder(limits);
  const outbox = createFrameOutbox(socket);
  /** In the order they were sent; the worker is at the first. */
  let outstanding: Outstanding[] = [];
  let failure: Error | undefined;

  const fail = (error: Error) => {
    failure ??= error;
    const lost = outstanding;
    outstanding = [];
    for (const { reject } of lost) reject(error);
    socket.destroy();
  };
  const patience = createPatience((ms) => {
    if (outstanding.length > 0) fail(violation(`no answer within ${ms / 1000} s`));
  });
  const hear = (response: WorkerResponse) => {
    const [first] = outstanding;
    if (first === undefined) throw violation('an answer came that nothing was asked for');
    if (isPart(response)) {
      patience.start(first.timeoutMs);
      return first.onPart(response);
    }
    outstanding.shift();
    const [next] = outstanding;
    if (next === undefined) patience.stop();
    else patience.start(next.timeoutMs);
    first.resolve(response);
  };

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const response of decoder.push(chunk)) hear(response);
    } catch (error) {
      fail(error instanceof Error ? error : violation(String(error)));
    }
  });
  socket.on('error', (error) => fail(new ConnectionLost(`the connection failed (${describeError(error)})`)));
  const closed = new Promise<Error | undefined>((resolve) => {
    socket.on('close', () => {
      patience.end();
      if (outstanding.length > 0) {
        const where = decoder.atBoundary ? 'before' : 'in the middle of';
        fail(new ConnectionLost(`the connection ended ${where} an answer`));
      }
      resolve(failure);
    });
  });

  return {
    closed,
    exchange(request, timeoutMs, onPart = () => {}) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed || !socket.writable)
          return reject(failure ?? new ConnectionLost('the connection is closed'));
        outstanding.push({ timeoutMs, onPart, resolve, reject });
        if (outstanding.length === 1) patience.start(timeoutMs);
        outbox.send((writer) => writeRequest(writer, request));
      });
    },
    close() {
      outbox.flush();
      socket.end();
    },
  };
}

interface Patience {
  start(ms: number): void;
  stop(): void;
  /** It never runs out again. */
  end(): void;
}

/** One timer for a connection's life: thousands of requests a second would otherwise make and clear one each. */
function createPatience(onEnd: (ms: number) => void): Patience {
  let timer: NodeJS.Timeout | undefined;
  let length = 0;
  let waiting = false;
  return {
    start(ms) {
      waiting = true;
      if (timer !== undefined && ms === length) return void timer.refresh();
      clearTimeout(timer);
      length = ms;
      timer = setTimeout(() => {
        if (waiting) onEnd(ms);
      }, ms).unref();
    },
    stop() {
      waiting = false;
    },
    end() {
      waiting = false;
      clearTimeout(timer);
    },
  };
}

function openSocket(address: WorkerAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      address.kind === 'unix'
        ? connect({ path: address.path })
        : connect({ host: address.host, port: address.port, noDelay: true });
    socket.once('error', (cause) =>
      reject(new ToolError('WORKER_PROTOCOL', { problem: `no connection (${describeError(cause)})` }, { cause })),
    );
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function violation(problem: string): ToolError {
  return new ToolError('WORKER_PROTOCOL', { problem });
}
