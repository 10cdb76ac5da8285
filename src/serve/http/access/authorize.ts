import type { IncomingMessage } from 'node:http';
import { ToolError } from '../../../core/errors.ts';
import type { KeyKind, KeyRing } from '../../key-ring.ts';
import type { Role, Route } from '../exchange/route.ts';

export type Access = KeyKind | 'open';

/** The key of a route; unlike upstream it follows from the route that answers, never from text anywhere in the request. */
export function accessOf({ access, role }: Pick<Route, 'access' | 'role'>): Access {
  return access ?? (role === 'metrics' ? 'open' : role);
}

/** Paths that do not exist ask for a key as well (upstream's order): any key of the listener's roles. */
export function accessOfUnknown(roles: readonly Role[]): readonly Access[] {
  const kinds = roles.map((role) => accessOf({ role }));
  return kinds.length === 1 ? kinds : kinds.filter((kind) => kind !== 'open');
}

/** TOKEN_REFUSED unless the request holds one of the keys. */
export function authorize(
  keys: KeyRing,
  accepted: readonly Access[],
  { headers }: IncomingMessage,
): ToolError | undefined {
  const isAccepted = accepted.some((kind) => kind === 'open' || keys.accepts(kind, headers.authorization));
  if (isAccepted) return undefined;
  return new ToolError('TOKEN_REFUSED', { step: accepted.includes('api') ? 'Authentication' : 'Authorization' });
}
