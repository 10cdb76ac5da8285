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

/** Probes of an orchestrator carry no key; TorchServe's own /ping asks for one, as a setting decides. */
export const healthRoutes: readonly Route[] = [
  { path: '/ping', role: 'inference', on: { any: ping } },
  { path: '/livez', role: 'inference', access: 'open', on: { GET: live, HEAD: live } },
  { path: '/readyz', role: 'inference', access: 'open', on: { GET: ready, HEAD: ready } },
];
