import { ToolError } from '../../../core/errors.ts';
import type { Route, RouteHandler } from '../exchange/route.ts';
import { send } from '../exchange/send.ts';

const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const metrics: RouteHandler = async (call) => {
  const { tools, answerHeaders, query } = call;
  if (!tools.enableMetricsApi) throw new ToolError('ROUTE_NOT_FOUND', {});
  if (tools.readSystem !== undefined) tools.metrics.noteSystem(await tools.readSystem());
  answerHeaders['content-type'] = TEXT_TYPE;
  send(call, Buffer.from(tools.metrics.format(query.getAll('name[]'))));
  return undefined;
};

/** Any method, as upstream. */
export const metricsRoutes: readonly Route[] = [
  { path: '/metrics', role: 'metrics', isRead: true, on: { any: metrics } },
];
