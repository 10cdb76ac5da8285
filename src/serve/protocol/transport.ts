import { connect, type Socket } from 'node:net';
import { describeError, ToolError } from '../../core/errors.ts';
import { type CodecLimits, createResponseDecoder, writeRequest } from './codec.ts';
import { createFrameOutbox } from './frame-outbox.ts';
import { isPart, type WorkerRequest, type WorkerResponse } from './messages.ts';

/** Where a worker listens: a Unix socket, or TCP where there are none or the path is too long. */
export type WorkerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface WorkerConnection {
  /**
   * Sends one request and waits for its answer. Requests may be pipelined; answers come in their order. On a timeout or an
   * error every pending request rejects, with WORKER_PROTOCOL or a {@link ConnectionLost}, and the connection is closed: a
   * late answer can never be taken for another request's. The timeout starts when the request is the first pending one, and
   * again with every part of a streamed answer. With `isSingle` one part is the whole answer.
   */
  exchange(request: WorkerRequest, timeoutMs: number, onPart?: OnPart, isSingle?: boolean): Promise<WorkerResponse>;
  /** Resolves when the connection is closed, with the reason unless we closed it. */
  readonly closed: Promise<Error | undefined>;
  /** Ends the stream: the worker exits. */
  close(): void;
}

/** Receives every part of a streamed answer but the last. */
export type OnPart = (part: WorkerResponse) => void;

/** The worker closed the connection; its exit tells more. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface PendingRequest {
  readonly timeoutMs: number;
  readonly onPart: OnPart;
  readonly isSingle: boolean;
  resolve(response: WorkerResponse): void;
  reject(error: Error): void;
}

export async function connectWorker(address: WorkerAddress, limits: CodecLimits): Promise<WorkerConnection> {
  const socket = await openSocket(address);
  const decoder = createResponseDecoder(limits);
  const outbox = createFrameOutbox(socket);
  /** In the order they were sent; the worker runs the first. */
  let pending: PendingRequest[] = [];
  let failure: Error | undefined;

  const fail = (error: Error) => {
    failure ??= error;
    const lost = pending;
    pending = [];
    for (const { reject } of lost) reject(error);
    socket.destroy();
  };
  const timer = createResponseTimer((ms) => {
    if (pending.length > 0) fail(protocolError(`no answer within ${ms / 1000} s`));
  });
  const onResponse = (response: WorkerResponse) => {
    const [first] = pending;
    if (first === undefined) throw protocolError('an answer came that nothing was asked for');
    if (!first.isSingle && isPart(response)) {
      timer.start(first.timeoutMs);
      return first.onPart(response);
    }
    pending.shift();
    const [next] = pending;
    if (next === undefined) timer.stop();
    else timer.start(next.timeoutMs);
    first.resolve(response);
  };

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const response of decoder.push(chunk)) onResponse(response);
    } catch (error) {
      fail(error instanceof Error ? error : protocolError(String(error)));
    }
  });
  socket.on('error', (error) => fail(new ConnectionLost(`the connection failed (${describeError(error)})`)));
  const closed = new Promise<Error | undefined>((resolve) => {
    socket.on('close', () => {
      timer.end();
      if (pending.length > 0) {
        const where = decoder.atBoundary ? 'before' : 'in the middle of';
        fail(new ConnectionLost(`the connection ended ${where} an answer`));
      }
      resolve(failure);
    });
  });

  return {
    closed,
    exchange(request, timeoutMs, onPart = () => {}, isSingle = false) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed || !socket.writable)
          return reject(failure ?? new ConnectionLost('the connection is closed'));
        pending.push({ timeoutMs, onPart, isSingle, resolve, reject });
        if (pending.length === 1) timer.start(timeoutMs);
        outbox.send((writer) => writeRequest(writer, request));
      });
    },
    close() {
      outbox.flush();
      socket.end();
    },
  };
}

interface ResponseTimer {
  start(ms: number): void;
  stop(): void;
  /** Stops it for good. */
  end(): void;
}

/** One timer for all requests of a connection: there may be thousands a second. */
function createResponseTimer(onEnd: (ms: number) => void): ResponseTimer {
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

function protocolError(problem: string): ToolError {
  return new ToolError('WORKER_PROTOCOL', { problem });
}
