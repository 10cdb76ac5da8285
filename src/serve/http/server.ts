import assert from 'node:assert';
import { isAscii } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { ToolError } from '../../core/errors.ts';
import { isV2 } from './exchange/answer.ts';
import { type Access, accessOf, accessOfUnknown, authorize } from './exchange/authorize.ts';
import { type BodyReader, createBodyReader, hasBody } from './exchange/body-reader.ts';
import { toHttpError } from './exchange/errors.ts';
import { JSON_TYPE, toJson, UNTYPED } from './exchange/json.ts';
import { normaliseTarget } from './exchange/path.ts';
import { answerUnparsable, endWith, letRead, rawAnswers } from './exchange/raw-answer.ts';
import {
  type Answered,
  type Method,
  methods,
  type Role,
  type Route,
  type RouteCall,
  type RouteHandler,
  type RouteTools,
} from './exchange/route.ts';
import { accessRoutes } from './routes/access.ts';
import { healthRoutes } from './routes/health.ts';
import { inferenceRoutes } from './routes/inference.ts';
import { managementRoutes } from './routes/management.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/open-api.ts';
import { playgroundRoutes } from './routes/playground.ts';
import { v1Routes } from './routes/v1.ts';
import { v2Routes } from './routes/v2.ts';
import { workflowRoutes } from './routes/workflows.ts';

/** A client that has not sent its whole head by then is not going to. */
const HEADERS_TIMEOUT_MS = 10_000;
/** A body of max_request_size arrives within this over any line worth serving. */
const REQUEST_TIMEOUT_MS = 300_000;
/** A client that sends nothing for so long in the middle of a body is gone. */
const BODY_IDLE_TIMEOUT_MS = 60_000;
/** Bytes of all bodies on their way in; what waits or runs has a bound of its own, as large. */
const ARRIVING_BYTES = 256 * 1024 ** 2;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often Node looks for connections past their time. */
const CHECK_INTERVAL_MS = 1_000;
/** Model names and versions may be long; fastify's default of 100 would answer 404 for them. */
const MAX_PARAMETER_LENGTH = 4_096;

const COMMON_HEADERS = {
  Pragma: 'no-cache',
  'Cache-Control': 'no-cache; no-store, must-revalidate, private',
  Expires: 'Thu, 01 Jan 1970 00:00:00 UTC',
};

/** What a route tells the hooks that run before it. */
interface RouteConfig {
  readonly access: readonly Access[];
  readonly errors: Route['errors'];
}

export interface HttpOptions {
  readonly roles: readonly Role[];
  readonly maxRequestBytes: number;
}

const allRoutes: readonly Route[] = [
  ...healthRoutes,
  ...inferenceRoutes,
  ...v1Routes,
  ...managementRoutes,
  ...workflowRoutes,
  ...accessRoutes,
  ...metricsRoutes,
  ...playgroundRoutes,
];

/** The routes of one listener. A path that two roles have is one route; the role named first answers where both have a method. */
function routesOf(tools: RouteTools, roles: readonly Role[]): readonly Route[] {
  const merged = new Map<string, Route>();
  const routes = [...allRoutes, ...v2Routes(tools), ...openApiRoutes(roles)];
  for (const route of routes.filter(({ role }) => roles.includes(role))) {
    const known = merged.get(route.path);
    merged.set(route.path, known === undefined ? route : { ...known, on: { ...route.on, ...known.on } });
  }
  return [...merged.values()];
}

/** One listener with the routes of its roles. */
export function createHttpServer(tools: RouteTools, { roles, maxRequestBytes }: HttpOptions): FastifyInstance {
  const app = fastify({
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => normaliseTarget(url),
    exposeHeadRoutes: false,
    // A request that still arrives while closing is refused by the service, in the same form as everything else.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS },
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // No route declares a schema: zod judges what arrives. Without this fastify loads two compilers for them at every start.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    clientErrorHandler: answerUnparsable,
    frameworkErrors: (error, _request, reply) => sendError(reply, error),
  });
  leaveBodiesToUs(app);
  const bodies = createBodyReader({
    requestBytes: maxRequestBytes,
    arrivingBytes: Math.max(ARRIVING_BYTES, maxRequestBytes),
    idleMs: BODY_IDLE_TIMEOUT_MS,
  });
  app.addHook('onClose', async () => bodies.close());
  app.server.on('checkContinue', (request, response) => {
    bodies.holdBack(request, response);
    app.server.emit('request', request, response);
  });
  app.server.on('connect', (_request, socket: Socket) => endWith(socket, rawAnswers.noTunnel));
  app.addHook('onRequest', (request, reply, next) => {
    reply.headers(common).header('x-request-id', request.id);
    if (tools.keys !== undefined) {
      const { access } = request.routeOptions.config as Partial<RouteConfig>;
      authorize(tools.keys, access ?? accessOfUnknown(roles), request);
    }
    next();
  });
  const common = { ...COMMON_HEADERS, ...tools.corsHeaders };
  let closing = false;
  const unused = trackUnusedSockets(app);
  app.addHook('preClose', (done) => {
    closing = true;
    for (const socket of unused) socket.destroy();
    done();
  });
  app.addHook('onSend', (request, reply, payload, next) => {
    if (reply.getHeader('content-type') === UNTYPED) reply.removeHeader('content-type');
    // Upstream closes after every error (contract 3.1); a connection kept alive would keep a closing server alive.
    if (reply.statusCode >= 400 || closing) reply.header('connection', 'close');
    if (reply.statusCode >= 400 && hasBody(request.raw) && !request.raw.complete) letRead(request.raw);
    next(null, inOnePiece(payload));
  });
  app.addHook('onResponse', (request, reply, done) => {
    tools.metrics.countResponse(reply.statusCode);
    tools.onAnswer?.(toAnswered(request, reply));
    done();
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error));
  app.setNotFoundHandler((request, reply) => {
    bodies.read(request.raw, (error) => void reply.send(error ?? new ToolError('ROUTE_NOT_FOUND', {})));
  });
  for (const route of routesOf(tools, roles)) addRoute(app, tools, route, bodies);
  return app;
}

const noCompiler = () => () => assert.fail('a route declares a schema, and there is no compiler for it');

/** Connections that sent nothing yet: to Node they are neither idle nor busy, so a closing server would wait for them. */
function trackUnusedSockets(app: FastifyInstance): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

function addRoute(app: FastifyInstance, tools: RouteTools, route: Route, bodies: BodyReader): void {
  const { path, on } = route;
  const access = path === '/ping' && !tools.keyForPing ? 'open' : accessOf(route);
  const config: RouteConfig = { access: [access], errors: route.errors };
  app.route({
    config,
    method: [...methods],
    url: path,
    // Returns nothing: what a handler returns fastify waits for, and to wait for a reply it listens to the whole response.
    handler: (request, reply) => {
      bodies.read(request.raw, (error, body) => {
        if (error !== undefined) return void reply.send(error);
        // fastify's type for the method is a string; only those registered reach a handler.
        const handler = on[request.method as Method] ?? on.any ?? refuseMethod;
        // Path parameters are strings by construction.
        const params = request.params as Record<string, string>;
        respond(handler, { tools, request, body, reply, params, query: readQuery(request) });
      });
    },
  });
}

function refuseMethod(): never {
  throw new ToolError('METHOD_NOT_ALLOWED', {});
}

async function respond(handler: RouteHandler, call: RouteCall): Promise<void> {
  const { reply } = call;
  try {
    const value = await handler(call);
    if (value !== undefined) reply.type(JSON_TYPE).send(toJson(value));
  } catch (error) {
    reply.send(error);
  }
}

/** Text up to this goes out in one piece with its head: one write, where bytes would be a second one. */
const ONE_PIECE_BYTES = 16 * 1024;

/** Only what is the same bytes as text: ASCII. fastify and Node would encode anything else anew. */
function inOnePiece(payload: unknown): unknown {
  return Buffer.isBuffer(payload) && payload.length <= ONE_PIECE_BYTES && isAscii(payload)
    ? payload.toString('latin1')
    : payload;
}

function toAnswered(request: FastifyRequest, reply: FastifyReply): Answered {
  return {
    id: request.id,
    remote: `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? ''}`,
    method: request.method,
    target: request.originalUrl,
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime),
  };
}

function readQuery(request: FastifyRequest): URLSearchParams {
  const mark = request.url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1));
}

/** Every method may have a body, and fastify parses none: they are bytes until a route says otherwise. */
function leaveBodiesToUs(app: FastifyInstance): void {
  for (const method of [...methods, 'QUERY']) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
}

function sendError(reply: FastifyReply, error: unknown): void {
  const { status, type, message, retryAfter } = toHttpError(error);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  reply
    .code(status)
    .type(JSON_TYPE)
    .send(toJson(isV2(reply) ? { error: message } : { code: status, type, message }));
}
