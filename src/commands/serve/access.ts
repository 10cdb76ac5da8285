import { join, resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { formatAddress, isLoopback, type ListenAddress } from '../../serve/config/address.ts';
import type { ServerConfig } from '../../serve/config/server-config.ts';
import { createKeyRing, type KeyRing } from '../../serve/key-ring.ts';
import type { ParsedServeOptions } from './options.ts';

/** Token authorisation is on if a listener is reachable from other machines, unless set. Logs the path of the keys, never the keys. */
export async function openAccess(
  config: ServerConfig,
  options: ParsedServeOptions,
  addresses: readonly ListenAddress[],
  context: Context,
): Promise<KeyRing | undefined> {
  const { disable_token_authorization: disabled, token_expiration_min } = config;
  const reachable = addresses.filter((address) => !isLoopback(address));
  const supplied = options.keyFile ?? context.env.TSMA_KEY_FILE;
  const isWanted = disabled === 'auto' ? reachable.length > 0 || supplied !== undefined : disabled === 'false';
  if (!isWanted) {
    for (const address of new Set(reachable.map(formatAddress)))
      context.log({
        kind: 'warning',
        message: `${address} can be reached from other machines, and no key is required.`,
        hint: 'Remove --disable-token-auth, put a proxy with authentication in front, or listen on 127.0.0.1.',
      });
    if (config.cors_allowed_origin === '*')
      context.log({
        kind: 'warning',
        message: 'Every page in a browser of this machine can use this server (cors_allowed_origin=*).',
        hint: 'Name the origin of your page: --cors-origin https://app.example',
      });
    return undefined;
  }
  const path = supplied === undefined ? join(context.cwd, 'key_file.json') : resolve(context.cwd, supplied);
  const keys = await createKeyRing({
    path,
    supplied: supplied !== undefined,
    expirationMinutes: token_expiration_min,
    now: context.now,
  });
  context.log({
    kind: 'notice',
    message: `Requests need a key ("Authorization: Bearer KEY"); the keys are in ${path}.`,
  });
  return keys;
}
