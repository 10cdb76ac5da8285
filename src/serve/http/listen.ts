import type { Server } from 'node:net';
import { bindTo } from '../bind.ts';
import { formatAddress, isLoopback, isSecure, type ListenAddress } from '../config/address.ts';
import type { TlsIdentity } from '../tls/identity.ts';
import { FLUSH_TIMEOUT_MS } from '../transfer-limits.ts';
import { type BrowserGuard, createBrowserGuard } from './access/browser-guard.ts';
import type { Role, RouteTools } from './exchange/route.ts';
import { secureConnections } from './secure-connections.ts';
import { createHttpServer, type HttpServer } from './server.ts';

export interface ListenOptions {
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Defined if an address is https. */
  readonly tls: TlsIdentity | undefined;
}

export type Addresses = Readonly<Record<Role, ListenAddress>>;

export interface Listeners {
  /** URL of each role, with the actual port instead of 0. */
  readonly urls: Readonly<Record<Role, string>>;
  /** Stops accepting; resolves when every in-flight request is answered. */
  close(): Promise<void>;
  /** Closes connections that are still open shortly after the last response: their clients do not read it. */
  drop(): void;
}

/** One listener for each address; roles with equal addresses share it, also for port 0. */
export async function openListeners(
  tools: RouteTools,
  addresses: Addresses,
  { tls, ...limits }: ListenOptions,
): Promise<Listeners> {
  const groups = new Map<string, { address: ListenAddress; roles: Role[] }>();
  for (const role of ['inference', 'management', 'metrics'] as const) {
    const address = addresses[role];
    const group = groups.get(formatAddress(address)) ?? { address, roles: [] };
    group.roles.push(role);
    groups.set(formatAddress(address), group);
  }
  const servers: HttpServer[] = [];
  const extraServers: Server[] = [];
  let dropping: NodeJS.Timeout | undefined;
  const dropHandshakes: (() => void)[] = [];
  const close = async () => {
    for (const extra of extraServers) extra.close();
    for (const dropHandshake of dropHandshakes) dropHandshake();
    await Promise.all(servers.map((server) => server.close()));
    clearTimeout(dropping);
  };
  const drop = () => {
    dropping = setTimeout(() => {
      for (const { server } of servers) server.closeAllConnections();
    }, FLUSH_TIMEOUT_MS).unref();
  };
  const urls: Partial<Record<Role, string>> = {};
  try {
    for (const { address, roles } of groups.values()) {
      const http = createHttpServer(tools, { roles, ...limits, guard: toGuard(tools, address) });
      servers.push(http);
      if (isSecure(address) && tls !== undefined) dropHandshakes.push(secureConnections(http.server, tls));
      const url = await bindTo(http.server, address, extraServers);
      for (const role of roles) urls[role] = url;
    }
  } catch (error) {
    await close();
    throw error;
  }
  // Every role is in exactly one group.
  return { urls: urls as Record<Role, string>, close, drop };
}

/** No guard with keys, and none on a Unix socket, which browsers cannot use. */
function toGuard({ keys, ...rules }: RouteTools, address: ListenAddress): BrowserGuard | undefined {
  if (keys !== undefined || address.kind === 'unix') return undefined;
  return createBrowserGuard({ ...rules, isLoopback: isLoopback(address) });
}
