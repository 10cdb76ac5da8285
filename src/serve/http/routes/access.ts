import { ToolError } from '../../../core/errors.ts';
import { JSON_TYPE } from '../exchange/json.ts';
import type { Route, RouteHandler } from '../exchange/route.ts';
import { send } from '../exchange/send.ts';

/** The new key is only written to the key file; the response is empty (contract 3.2). */
const renew: RouteHandler = async (call) => {
  const { tools, answerHeaders, query } = call;
  if (tools.keys === undefined) throw new ToolError('ROUTE_NOT_FOUND', {});
  const type = query.get('type');
  if (type !== 'inference' && type !== 'management') throw new ToolError('TOKEN_REFUSED', { step: 'Authentication' });
  await tools.keys.renew(type);
  answerHeaders['content-type'] = JSON_TYPE;
  send(call, Buffer.from('\n'));
  return undefined;
};

export const accessRoutes: readonly Route[] = [
  { path: '/token', role: 'management', access: 'api', on: { any: renew } },
];
