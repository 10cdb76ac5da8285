import { connect, type Socket } from 'node:net';
import { describeError, ToolError } from '../../core/errors.ts';
import { type CodecLimits, createResponseDecoder, encodeRequest } from './codec.ts';
import { isPart, type WorkerRequest, type WorkerResponse } from './messages.ts';

/** Where a worker listens. A Unix socket unless the platform has none or the path would be too long for one. */
export type WorkerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface WorkerConnection {
  /**
   * Sends one request and waits for its one answer; a second one before that is a programming error. Rejects with
   * WORKER_PROTOCOL or a {@link ConnectionLost}, and the connection is closed then: an answer that comes too late can
   * never meet another request. An answer that streams arrives in parts first; the time starts anew with each.
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
  readonly onPart: OnPart;
  resolve(response: WorkerResponse): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

export async function connectWorker(address: WorkerAddress, limits: CodecLimits): Promise<WorkerConnection> {
  const socket = await openSocket(address);
  const decoder = createResponseDecoder(limits);
  let outstanding: Outstanding | undefined;
  let failure: Error | undefined;

  const settle = (act: (waiting: Outstanding) => void) => {
    const waiting = outstanding;
    if (waiting === undefined) return;
    outstanding = undefined;
    clearTimeout(waiting.timer);
    act(waiting);
  };
  const fail = (error: Error) => {
    failure ??= error;
    settle(({ reject }) => reject(error));
    socket.destroy();
  };

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const response of decoder.push(chunk)) {
        if (outstanding === undefined) throw violation('an answer came that nothing was asked for');
        if (isPart(response)) {
          outstanding.timer.refresh();
          outstanding.onPart(response);
        } else settle(({ resolve }) => resolve(response));
      }
    } catch (error) {
      fail(error instanceof Error ? error : violation(String(error)));
    }
  });
  socket.on('error', (error) => fail(new ConnectionLost(`the connection failed (${describeError(error)})`)));
  const closed = new Promise<Error | undefined>((resolve) => {
    socket.on('close', () => {
      if (outstanding !== undefined)
        fail(
          new ConnectionLost(`the connection ended ${decoder.atBoundary ? 'before' : 'in the middle of'} an answer`),
        );
      resolve(failure);
    });
  });

  return {
    closed,
    exchange(request, timeoutMs, onPart = () => {}) {
      return new Promise((resolve, reject) => {
        if (outstanding !== undefined) throw violation('a second request was sent before the first was answered');
        if (socket.destroyed || !socket.writable)
          return reject(failure ?? new ConnectionLost('the connection is closed'));
        const timer = setTimeout(() => fail(violation(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
        outstanding = { resolve, reject, timer, onPart };
        socket.cork();
        for (const part of encodeRequest(request)) socket.write(part);
        socket.uncork();
      });
    },
    close() {
      socket.end();
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
