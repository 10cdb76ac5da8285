import { connect, type Socket } from 'node:net';
import { describeError, ToolError } from '../../core/errors.ts';
import { type Awaited, asDone, inOrder } from './answer-order.ts';
import { type CodecLimits, createResponseDecoder, writeRequest } from './codec.ts';
import { createFrameOutbox } from './frame-outbox.ts';
import { isPart, type WorkerRequest, type WorkerResponse } from './messages.ts';

/** Where a worker listens: a Unix socket, or TCP where there are none or the path is too long. */
export type WorkerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface WorkerConnection {
  /**
   * Sends one request and waits for its answer. Requests may be pipelined. On a timeout or an error every pending request
   * rejects, with WORKER_PROTOCOL or a {@link ConnectionLost}, and the connection is closed: a late answer can never be taken
   * for another request's. The timeout starts when the worker has the request to run, and again with every part of a streamed
   * answer. With `isSingle` one part is the whole answer.
   */
  exchange(request: WorkerRequest, timeoutMs: number, onPart?: OnPart, isSingle?: boolean): Promise<WorkerResponse>;
  /** Sends a request that has no answer. */
  tell(request: WorkerRequest): void;
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

interface PendingRequest extends Awaited {
  readonly onPart: OnPart;
  readonly isSingle: boolean;
  resolve(response: WorkerResponse): void;
  reject(error: Error): void;
}

/** `answersAsDone`: the worker runs its requests side by side, and answers each when it is done. */
export async function connectWorker(
  address: WorkerAddress,
  limits: CodecLimits,
  answersAsDone = false,
): Promise<WorkerConnection> {
  const socket = await openSocket(address);
  const decoder = createResponseDecoder(limits);
  const outbox = createFrameOutbox(socket);
  /** In the order they were sent. */
  let pending: PendingRequest[] = [];
  let failure: Error | undefined;

  const fail = (error: Error) => {
    failure ??= error;
    const lost = pending;
    pending = [];
    order.end();
    for (const { reject } of lost) reject(error);
    socket.destroy();
  };
  const onLate = (ms: number) => fail(protocolError(`no answer within ${ms / 1000} s`));
  const order = answersAsDone ? asDone<PendingRequest>(onLate) : inOrder<PendingRequest>(onLate);
  const onResponse = (response: WorkerResponse) => {
    const request = order.match(response, pending);
    if (request === undefined) throw protocolError('an answer arrived without a request');
    if (!request.isSingle && isPart(response)) {
      order.part(request);
      return request.onPart(response);
    }
    pending.splice(pending.indexOf(request), 1);
    order.answered(request, pending);
    request.resolve(response);
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
      order.end();
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
        const awaited = { request, timeoutMs, onPart, isSingle, resolve, reject };
        pending.push(awaited);
        order.sent(awaited, pending);
        outbox.send((writer) => writeRequest(writer, request));
      });
    },
    tell: (request) => outbox.send((writer) => writeRequest(writer, request)),
    close() {
      outbox.flush();
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

function protocolError(problem: string): ToolError {
  return new ToolError('WORKER_PROTOCOL', { problem });
}
