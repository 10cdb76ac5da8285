import type { Route, RouteHandler } from '../exchange/route.ts';

const ping: RouteHandler = ({ tools, response }) => {
  const { healthy } = tools.service;
  if (!healthy) response.statusCode = 500;
  return { status: healthy ? 'Healthy' : 'Unhealthy' };
};

const live: RouteHandler = () => ({ status: 'Live' });

const ready: RouteHandler = ({ tools, response }) => {
  const { ready } = tools.service;
  if (!ready) response.statusCode = 503;
  return { status: ready ? 'Ready' : 'Not ready' };
};

/**
 * `/livez` and `/readyz` require no key: orchestrators have none, and the answer reveals nothing. `/ping` requires one, as in
 * TorchServe, unless a setting opens it.
 */
export const healthRoutes: readonly Route[] = [
  { path: '/ping', role: 'inference', isRead: true, on: { any: ping } },
  { path: '/livez', role: 'inference', access: 'open', on: { GET: live, HEAD: live } },
  { path: '/readyz', role: 'inference', access: 'open', on: { GET: ready, HEAD: ready } },
];
