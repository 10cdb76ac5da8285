import { isUp } from '../../pool/pool.ts';
import { infer } from '../exchange/infer.ts';
import { fromSegment } from '../exchange/path.ts';
import type { Route, RouteHandler } from '../exchange/route.ts';

/** KServe's v1 protocol: `model:predict` and `model:explain` in one segment. */
const act: RouteHandler = (call) => {
  const target = call.params.target ?? '';
  const colon = target.lastIndexOf(':');
  return infer(call, { model: target.slice(0, colon), explain: target.endsWith(':explain') });
};

const status: RouteHandler = ({ tools, params }) => {
  const name = fromSegment(params.model ?? '');
  const [model] = tools.service.describe(name, undefined);
  return { name, ready: model?.workers.some(({ state }) => isUp(state)) ?? false };
};

export const v1Routes: readonly Route[] = [
  { path: '/v1/models/:target(^[^/]+:(?:predict|explain)$)', role: 'inference', isCoded: true, on: { any: act } },
  { path: '/v1/models/:model', role: 'management', on: { GET: status } },
];
