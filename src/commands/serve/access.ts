import { join, resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { formatAddress, isLoopback } from '../../serve/config/address.ts';
import type { ServerConfig } from '../../serve/config/server-config.ts';
import type { Addresses } from '../../serve/http/listen.ts';
import { createKeyRing, type KeyRing } from '../../serve/key-ring.ts';
import type { ParsedServeOptions } from './options.ts';

/** Keys are asked for where another machine can reach a listener, unless told otherwise; says where they stand, never what they are. */
export async function openAccess(
  { disable_token_authorization: disabled, token_expiration_min }: ServerConfig,
  options: ParsedServeOptions,
  addresses: Addresses,
  context: Context,
): Promise<KeyRing | undefined> {
  const reachable = Object.values(addresses).filter((address) => !isLoopback(address));
  const isWanted = disabled === 'auto' ? reachable.length > 0 : disabled === 'false';
  if (!isWanted) {
    for (const address of new Set(reachable.map(formatAddress)))
      context.log({
        kind: 'warning',
        message: `${address} can be reached from other machines, and nobody is asked for a key.`,
        hint: 'Leave out --disable-token-auth, put a proxy with authentication in front, or listen on 127.0.0.1.',
      });
    return undefined;
  }
  const supplied = options.keyFile ?? context.env.TSMA_KEY_FILE;
  const path = supplied === undefined ? join(context.cwd, 'key_file.json') : resolve(context.cwd, supplied);
  const keys = await createKeyRing({
    path,
    supplied: supplied !== undefined,
    expirationMinutes: token_expiration_min,
    now: context.now,
  });
  context.log({
    kind: 'notice',
    message: `Requests need a key ("Authorization: Bearer KEY"); the keys stand in ${path}.`,
  });
  return keys;
}
