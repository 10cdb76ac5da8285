import findMyWay from 'find-my-way';
import { isOneOf } from '../../core/names/known-words.ts';
import { type Access, accessOf } from './access/authorize.ts';
import { normaliseTarget } from './exchange/path.ts';
import { type Method, methods, type Role, type Route, type RouteHandler, type RouteTools } from './exchange/route.ts';
import { send } from './exchange/send.ts';
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

/** Longest model name or version; beyond the router's default of 100 it would be a 404. */
const MAX_PARAMETER_LENGTH = 4_096;

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

/** The matched route and its parameters. */
export interface Match {
  readonly route: Route;
  readonly access: Access;
  readonly handler: RouteHandler | undefined;
  /** Whether the request neither changes nor runs anything. */
  readonly isRead: boolean;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
}

export type Router = (method: string | undefined, target: string) => Match | undefined;

export function createRouter(tools: RouteTools, roles: readonly Role[]): Router {
  const router = findMyWay({
    maxParamLength: MAX_PARAMETER_LENGTH,
    querystringParser: (text) => new URLSearchParams(text),
  });
  for (const route of routesOf(tools, roles)) {
    const access = route.path === '/ping' && !tools.keyForPing ? 'open' : accessOf(route);
    // All methods: 405 for an unknown method of a known path, 404 for an unknown path.
    router.on([...methods], route.path, () => {}, { route, access });
  }
  return (method, target) => {
    if (method === undefined || !isOneOf(methods, method)) return undefined;
    const found = router.find(method, normaliseTarget(target));
    if (found === null) return undefined;
    const { params, searchParams: query } = found;
    // Untyped in find-my-way: the store is the object above, the query what querystringParser returns.
    const { route, access } = found.store as Pick<Match, 'route' | 'access'>;
    if (!(query instanceof URLSearchParams)) return undefined;
    return { route, access, handler: handlerOf(route, method), isRead: isRead(route, method, query), params, query };
  };
}

/** OPTIONS runs no model, though any other method predicts. */
const answerOptions: RouteHandler = (call) => {
  send(call, Buffer.alloc(0));
};

function handlerOf({ on, isRead }: Route, method: Method): RouteHandler | undefined {
  const isOptions = method === 'OPTIONS' && on.any !== undefined && isRead !== true;
  return on[method] ?? (isOptions ? answerOptions : on.any);
}

function isRead(route: Route, method: Method, query: URLSearchParams): boolean {
  if (route.isRead === true || method === 'OPTIONS') return true;
  const isNamed = (method === 'GET' || method === 'HEAD') && route.on[method] !== undefined;
  return isNamed && route.runs?.(query) !== true;
}

/** The routes of one listener. Routes with the same path are merged; the first one's methods win. */
export function routesOf(tools: RouteTools, roles: readonly Role[]): readonly Route[] {
  const merged = new Map<string, Route>();
  const routes = [...allRoutes, ...v2Routes(tools), ...openApiRoutes(roles)];
  for (const route of routes.filter(({ role }) => roles.includes(role))) {
    const known = merged.get(route.path);
    merged.set(route.path, known === undefined ? route : { ...route, ...known, on: { ...route.on, ...known.on } });
  }
  return [...merged.values()];
}
