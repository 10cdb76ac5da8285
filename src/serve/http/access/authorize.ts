import type { IncomingMessage } from 'node:http';
import { ToolError } from '../../../core/errors.ts';
import type { KeyKind, KeyRing } from '../../key-ring.ts';
import type { Role, Route } from '../exchange/route.ts';

export type Access = KeyKind | 'open';

/** The key a route requires. Chosen by the matched route; upstream searches the text of the request. */
export function accessOf({ access, role }: Pick<Route, 'access' | 'role'>): Access {
  return access ?? (role === 'metrics' ? 'open' : role);
}

/** Unknown paths require a key too, as upstream: any key of the listener's roles. */
export function accessOfUnknown(roles: readonly Role[]): readonly Access[] {
  const kinds = roles.map((role) => accessOf({ role }));
  return kinds.length === 1 ? kinds : kinds.filter((kind) => kind !== 'open');
}

/** TOKEN_REFUSED unless the request has one of the keys. */
export function authorize(
  keys: KeyRing,
  accepted: readonly Access[],
  { headers }: IncomingMessage,
): ToolError | undefined {
  const isAccepted = accepted.some((kind) => kind === 'open' || keys.accepts(kind, headers.authorization));
  if (isAccepted) return undefined;
  return new ToolError('TOKEN_REFUSED', { step: accepted.includes('api') ? 'Authentication' : 'Authorization' });
}
