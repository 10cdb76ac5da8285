import { randomUUID } from 'node:crypto';
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import { createGarbageCollector } from '../http/exchange/collect-garbage.ts';
import { createUnreadAnswers, type UnreadAnswers } from '../http/exchange/unread-answers.ts';
import type { TlsIdentity } from '../tls/identity.ts';
import { arrivingBytes, IDLE_TIMEOUT_MS, unreadLimits } from '../transfer-limits.ts';
import { createCall } from './exchange/call.ts';
import { readTimeout } from './exchange/deadline.ts';
import { createMessageReader, type MessageReader } from './exchange/message-reader.ts';
import type { GrpcRole, GrpcTools } from './exchange/method.ts';
import { toHttpClass, toStatus } from './exchange/status.ts';
import { createMethodTable, type MethodTable } from './method-table.ts';
import { runMethod } from './run-method.ts';
import { type ConnectionAge, limitAge, type Silence, watchSilence } from './session-life.ts';

/** A connection that has not said that it speaks HTTP/2 by then is not going to. */
const PREFACE_TIMEOUT_MS = 10_000;
/** A client that waits for a slow answer is silent too: it is asked, not sent away. */
const SILENCE: Silence = { askAfterMs: 60_000, answerMs: 10_000 };
/** Calls of one connection at a time: ten queues of the usual length. More wait at the client. */
const MAX_STREAMS = 1_000;
/** Bytes that a client may send of one call before this server has looked at them. A large message is some round trips. */
const STREAM_WINDOW_BYTES = 256 * 1024;
/** The same for all calls of a connection. */
const SESSION_WINDOW_BYTES = 8 * 1024 ** 2;

export interface GrpcOptions {
  readonly roles: readonly GrpcRole[];
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Undefined for plain text. */
  readonly tls: TlsIdentity | undefined;
  readonly age: ConnectionAge;
}

export interface GrpcServer {
  readonly server: Server;
  /** Takes no new calls; resolves when every call at hand is answered and sent. */
  close(): Promise<void>;
  /** Ends what is still open. */
  drop(): void;
}

interface Serving {
  readonly tools: GrpcTools;
  readonly messages: MessageReader;
  readonly unread: UnreadAnswers;
  readonly methods: MethodTable;
  readonly closing: AbortSignal;
}

/** One listener with the services of its roles: gRPC over Node's HTTP/2. */
export function createGrpcServer(
  tools: GrpcTools,
  { roles, maxRequestBytes, maxResponseBytes, tls, age }: GrpcOptions,
): GrpcServer {
  const unread = unreadLimits(maxResponseBytes);
  const closing = new AbortController();
  const collectGarbage = createGarbageCollector();
  const serving: Serving = {
    tools,
    messages: createMessageReader({
      messageBytes: maxRequestBytes,
      arrivingBytes: arrivingBytes(maxRequestBytes),
      idleMs: IDLE_TIMEOUT_MS,
      windowBytes: STREAM_WINDOW_BYTES,
      onGivenUp: collectGarbage,
    }),
    unread: createUnreadAnswers({ ...unread, onDisconnect: collectGarbage }),
    methods: createMethodTable(tools, roles),
    closing: closing.signal,
  };
  const options = {
    settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: MAX_STREAMS },
    // In megabytes, and with what waits to be sent: Node would refuse calls beside one large answer.
    maxSessionMemory: Math.ceil(unread.clientBytes / 1_000_000),
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createSecureServer({ ...options, ...tls, handshakeTimeout: PREFACE_TIMEOUT_MS });
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    const preface = setTimeout(() => session.destroy(), PREFACE_TIMEOUT_MS).unref();
    session.once('remoteSettings', () => clearTimeout(preface));
    session.once('close', () => {
      clearTimeout(preface);
      sessions.delete(session);
    });
    // A peer that breaks the protocol, or is gone; `close` follows.
    session.on('error', () => {});
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
    limitAge(session, age);
    watchSilence(session, SILENCE);
  });
  server.on('stream', (stream, headers) => answer(serving, stream, headers));
  return {
    server,
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.close();
      await closed;
      serving.messages.close();
    },
    drop() {
      // A session that is closing only says goodbye to its client, which may never answer.
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answer(serving: Serving, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // No page of a browser can send this type here: its browser would ask first, and is refused like all that is no gRPC.
  if (headers[':method'] !== 'POST' || headers['content-type']?.startsWith('application/grpc') !== true) {
    stream.on('error', () => {});
    stream.respond({ ':status': 415 }, { endStream: true });
    return;
  }
  const { tools, messages, unread, methods, closing } = serving;
  const path = headers[':path'] ?? '';
  const id = randomUUID();
  const startedAt = performance.now();
  const remote = remoteOf(stream);
  const call = createCall(stream, {
    id,
    timeout: readTimeout(textOf(headers['grpc-timeout'])),
    unread,
    onEnd({ code }) {
      tools.metrics.countResponse(toHttpClass(code));
      const milliseconds = Math.round(performance.now() - startedAt);
      tools.onAnswer?.({ id, remote, method: 'gRPC', target: path.slice(1), status: code, milliseconds });
    },
  });
  try {
    const method = methods.admit(path, headers.authorization);
    void runMethod({ method, call, tools, messages, stream, closing, encoding: textOf(headers['grpc-encoding']) });
  } catch (error) {
    call.end(toStatus(error));
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function remoteOf({ session }: ServerHttp2Stream): string {
  const { remoteAddress = '', remotePort = '' } = session?.socket ?? {};
  return `${remoteAddress}:${remotePort}`;
}
