import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { ToolError } from '../../core/errors.ts';
import { arrivingBytes, IDLE_TIMEOUT_MS, unreadLimits } from '../transfer-limits.ts';
import { accessOfUnknown, authorize } from './access/authorize.ts';
import type { BrowserGuard } from './access/browser-guard.ts';
import { answerPreflight, isPreflight } from './access/preflight.ts';
import { preferredCoding } from './encoding/codings.ts';
import { type BodyReader, createBodyReader } from './exchange/body-reader.ts';
import { createGarbageCollector } from './exchange/collect-garbage.ts';
import { answerUnparsable, endWith, rawAnswers } from './exchange/raw-answer.ts';
import type { Answered, Exchange, Role, RouteCall, RouteHandler, RouteTools } from './exchange/route.ts';
import { sendError, sendJson } from './exchange/send.ts';
import { createUnreadAnswers } from './exchange/unread-answers.ts';
import { createRouter, type Match } from './router.ts';

/** Longest time to receive a head. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Longest time to receive a request, enough for max_request_size over a slow line. */
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often Node checks the two timeouts of a request. */
const CHECK_INTERVAL_MS = 1_000;

const COMMON_HEADERS = {
  pragma: 'no-cache',
  'cache-control': 'no-cache; no-store, must-revalidate, private',
  expires: 'Thu, 01 Jan 1970 00:00:00 UTC',
};

export interface HttpOptions {
  readonly roles: readonly Role[];
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Undefined if browsers cannot reach the listener without a key. */
  readonly guard: BrowserGuard | undefined;
}

export interface HttpServer {
  readonly server: Server;
  /** Stops accepting; resolves when every in-flight request is answered. */
  close(): Promise<void>;
}

/** One listener with the routes of its roles. */
export function createHttpServer(
  tools: RouteTools,
  { roles, maxRequestBytes, maxResponseBytes, guard }: HttpOptions,
): HttpServer {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  });
  const bodies = createBodyReader({
    requestBytes: maxRequestBytes,
    arrivingBytes: arrivingBytes(maxRequestBytes),
    idleMs: IDLE_TIMEOUT_MS,
  });
  const unused = trackUnusedSockets(server);
  const match = createRouter(tools, roles);
  const commonHeaders = Object.entries({ ...COMMON_HEADERS, ...tools.corsHeaders });
  const unknownAccess = accessOfUnknown(roles);
  let closing = false;
  const listener = {
    isClosing: () => closing,
    unread: createUnreadAnswers({ ...unreadLimits(maxResponseBytes), onDisconnect: createGarbageCollector() }),
  };

  server.on('request', (request, response) => {
    const found = match(request.method, request.url ?? '/');
    const id = randomUUID();
    // No object spread: V8 allocates its result in the old generation, which costs 30 % of a ping.
    const answerHeaders: Exchange['answerHeaders'] = { 'x-request-id': id };
    for (const [name, value] of commonHeaders) answerHeaders[name] = value;
    const errors = found?.route.errors ?? 'torchserve';
    const coding = found?.route.isCoded === true ? preferredCoding(request.headers['accept-encoding']) : undefined;
    const exchange: Exchange = { id, request, response, answerHeaders, listener, errors, coding };
    const startedAt = performance.now();
    response.once('finish', () => {
      tools.metrics.countResponse(response.statusCode);
      tools.onAnswer?.(toAnswered(exchange, startedAt));
      // Responses begun before `close` were sent with keep-alive.
      if (closing) server.closeIdleConnections();
    });
    const foreign = guard?.refuse(request, found?.isRead ?? true);
    if (foreign !== undefined) return sendError(exchange, foreign);
    if (found !== undefined && isPreflight(request)) return answerPreflight(exchange);
    if (tools.keys !== undefined) {
      const refusal = authorize(tools.keys, found === undefined ? unknownAccess : [found.access], request);
      if (refusal !== undefined) return sendError(exchange, refusal);
    }
    dispatch(tools, bodies, exchange, found);
  });
  server.on('checkContinue', (request, response) => {
    bodies.deferContinue(request, response);
    server.emit('request', request, response);
  });
  server.on('connect', (_request, socket: Socket) => endWith(socket, rawAnswers.noTunnel));
  server.on('clientError', answerUnparsable);

  return {
    server,
    async close() {
      closing = true;
      for (const socket of unused) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      bodies.close();
    },
  };
}

/** Connections without a request yet: Node does not count them as idle, so `close` would wait for them. */
function trackUnusedSockets(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

/** Reads the body also for a request that is then refused: the client is still sending it. */
function dispatch(tools: RouteTools, bodies: BodyReader, exchange: Exchange, found: Match | undefined): void {
  bodies.read(exchange.request, found?.route.isCoded === true, (error, body) => {
    if (error !== undefined) return sendError(exchange, error);
    if (found === undefined) return sendError(exchange, new ToolError('ROUTE_NOT_FOUND', {}));
    const { handler, params, query } = found;
    if (handler === undefined) return sendError(exchange, new ToolError('METHOD_NOT_ALLOWED', {}));
    return void respond(handler, Object.assign(exchange, { tools, body, params, query }));
  });
}

async function respond(handler: RouteHandler, call: RouteCall): Promise<void> {
  try {
    const value = await handler(call);
    if (value !== undefined) sendJson(call, value);
  } catch (error) {
    sendError(call, error);
  }
}

function toAnswered({ id, request, response }: Exchange, startedAt: number): Answered {
  const { socket } = request;
  return {
    id,
    remote: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`,
    method: request.method ?? '',
    target: request.url ?? '',
    status: response.statusCode,
    milliseconds: Math.round(performance.now() - startedAt),
  };
}
