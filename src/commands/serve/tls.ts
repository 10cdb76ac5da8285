import { resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { formatAddress, isSecure, type ListenAddress } from '../../serve/config/address.ts';
import type { ServerConfig } from '../../serve/config/server-config.ts';
import { type LoadedIdentity, loadIdentity } from '../../serve/tls/identity.ts';

/** Reads key and certificate if an address is https. */
export async function openTls(
  config: ServerConfig,
  addresses: readonly ListenAddress[],
  { cwd, now, log }: Context,
): Promise<LoadedIdentity | undefined> {
  const { keystore, keystore_pass, private_key_file, certificate_file } = config;
  const toPath = (path: string | undefined) => (path === undefined ? undefined : resolve(cwd, path));
  const secure = addresses.filter(isSecure);
  if (secure.length === 0) {
    if (keystore !== undefined || private_key_file !== undefined || certificate_file !== undefined)
      log({
        kind: 'warning',
        message: 'No address starts with https://: the key and the certificate are not used.',
      });
    return undefined;
  }
  const sources = {
    keystore: toPath(keystore),
    keystorePassword: keystore_pass,
    privateKeyFile: toPath(private_key_file),
    certificateFile: toPath(certificate_file),
  };
  const loaded = await loadIdentity(sources, now());
  if (loaded.madeUp)
    log({
      kind: 'warning',
      message: `${[...new Set(secure.map(formatAddress))].join(', ')} has no certificate; a self-signed one was generated for this run, which no client trusts.`,
      hint: 'Give your own with --tls-key and --tls-cert; for a test: curl --insecure.',
    });
  return loaded;
}
