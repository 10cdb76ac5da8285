import { ToolError } from '../../../core/errors.ts';
import type { Route, RouteHandler } from '../exchange/route.ts';

const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const metrics: RouteHandler = async ({ tools, reply, query }) => {
  if (!tools.enableMetricsApi) throw new ToolError('ROUTE_NOT_FOUND', {});
  if (tools.readSystem !== undefined) tools.metrics.noteSystem(await tools.readSystem());
  // Bytes, not text: fastify would rewrite the type of a text.
  reply.header('content-type', TEXT_TYPE).send(Buffer.from(tools.metrics.format(query.getAll('name[]'))));
  return undefined;
};

/** Any method, as upstream. */
export const metricsRoutes: readonly Route[] = [{ path: '/metrics', role: 'metrics', on: { any: metrics } }];
