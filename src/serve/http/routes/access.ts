import { ToolError } from '../../../core/errors.ts';
import type { Route, RouteHandler } from '../exchange/route.ts';

/** A new key is only ever written to the key file: the answer is empty (contract 3.2). */
const renew: RouteHandler = async ({ tools, reply, query }) => {
  if (tools.keys === undefined) throw new ToolError('ROUTE_NOT_FOUND', {});
  const type = query.get('type');
  if (type !== 'inference' && type !== 'management') throw new ToolError('TOKEN_REFUSED', { step: 'Authentication' });
  await tools.keys.renew(type);
  reply.type('application/json').send(Buffer.from('\n'));
  return undefined;
};

export const accessRoutes: readonly Route[] = [
  { path: '/token', role: 'management', access: 'api', on: { any: renew } },
];
