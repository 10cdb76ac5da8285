import type { FastifyInstance } from 'fastify';
import { systemCode, ToolError } from '../../core/errors.ts';
import { formatAddress, isSecure, type ListenAddress } from '../config/address.ts';
import type { TlsIdentity } from '../tls/identity.ts';
import type { Role, RouteTools } from './exchange/route.ts';
import { secureConnections } from './secure-connections.ts';
import { createHttpServer } from './server.ts';

export interface ListenOptions {
  readonly maxRequestBytes: number;
  /** For the addresses that are https; there where one is. */
  readonly tls: TlsIdentity | undefined;
}

export type Addresses = Readonly<Record<Role, ListenAddress>>;

export interface Listeners {
  /** Where each role is reached, with the real port where a free one was asked for. */
  readonly urls: Readonly<Record<Role, string>>;
  /** Stops accepting at once; resolves when every request at hand is answered and sent. */
  close(): Promise<void>;
  /** Ends connections that are still open a moment after the last answer was made: their clients do not read. */
  drop(): void;
}

/** What a client gets to read the last answer. */
const FLUSH_TIMEOUT_MS = 2_000;

/** One listener an address; roles with equal addresses share it, also when that address is "any free port". */
export async function openListeners(
  tools: RouteTools,
  addresses: Addresses,
  { maxRequestBytes, tls }: ListenOptions,
): Promise<Listeners> {
  const groups = new Map<string, { address: ListenAddress; roles: Role[] }>();
  for (const role of ['inference', 'management', 'metrics'] as const) {
    const address = addresses[role];
    const group = groups.get(formatAddress(address)) ?? { address, roles: [] };
    group.roles.push(role);
    groups.set(formatAddress(address), group);
  }
  const apps: FastifyInstance[] = [];
  let dropping: NodeJS.Timeout | undefined;
  const dropInsecure: (() => void)[] = [];
  const close = async () => {
    for (const dropEarly of dropInsecure) dropEarly();
    await Promise.all(apps.map((app) => app.close()));
    clearTimeout(dropping);
  };
  const drop = () => {
    dropping = setTimeout(() => {
      for (const app of apps) app.server.closeAllConnections();
    }, FLUSH_TIMEOUT_MS).unref();
  };
  const urls: Partial<Record<Role, string>> = {};
  try {
    for (const { address, roles } of groups.values()) {
      const app = createHttpServer(tools, { roles, maxRequestBytes });
      apps.push(app);
      if (isSecure(address) && tls !== undefined) dropInsecure.push(secureConnections(app.server, tls));
      const url = await listen(app, address);
      for (const role of roles) urls[role] = url;
    }
  } catch (error) {
    await close();
    throw error;
  }
  // Every role is in exactly one group.
  return { urls: urls as Record<Role, string>, close, drop };
}

async function listen(app: FastifyInstance, address: ListenAddress): Promise<string> {
  try {
    if (address.kind === 'unix') await app.listen({ path: address.path });
    else await app.listen({ host: address.host, port: address.port });
  } catch (cause) {
    const code = systemCode(cause);
    const reason = code === 'EADDRINUSE' ? 'another program listens there' : (code ?? String(cause));
    throw new ToolError('LISTEN_FAILED', { address: formatAddress(address), reason }, { cause });
  }
  const bound = app.server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : undefined;
  return formatAddress(address.kind === 'tcp' && port !== undefined ? { ...address, port } : address);
}
