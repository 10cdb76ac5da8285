import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type ListenOptions as NetOptions, type Server } from 'node:net';
import { systemCode, ToolError } from '../../core/errors.ts';
import { formatAddress, isLoopback, isSecure, type ListenAddress } from '../config/address.ts';
import type { TlsIdentity } from '../tls/identity.ts';
import { type BrowserGuard, createBrowserGuard } from './access/browser-guard.ts';
import type { Role, RouteTools } from './exchange/route.ts';
import { secureConnections } from './secure-connections.ts';
import { createHttpServer, type HttpServer } from './server.ts';

export interface ListenOptions {
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
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
  const doors: Server[] = [];
  let dropping: NodeJS.Timeout | undefined;
  const dropInsecure: (() => void)[] = [];
  const close = async () => {
    for (const door of doors) door.close();
    for (const dropEarly of dropInsecure) dropEarly();
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
      if (isSecure(address) && tls !== undefined) dropInsecure.push(secureConnections(http.server, tls));
      const url = await listen(http.server, address, doors);
      for (const role of roles) urls[role] = url;
    }
  } catch (error) {
    await close();
    throw error;
  }
  // Every role is in exactly one group.
  return { urls: urls as Record<Role, string>, close, drop };
}

/** Keys keep every stranger out, and no browser speaks over a socket of the file system. */
function toGuard({ keys, ...rules }: RouteTools, address: ListenAddress): BrowserGuard | undefined {
  if (keys !== undefined || address.kind === 'unix') return undefined;
  return createBrowserGuard({ ...rules, isLoopback: isLoopback(address) });
}

async function listen(server: Server, address: ListenAddress, doors: Server[]): Promise<string> {
  const [first, ...others] = await toPlaces(address);
  try {
    await open(server, first);
  } catch (cause) {
    const code = systemCode(cause);
    const reason = code === 'EADDRINUSE' ? 'another program listens there' : (code ?? String(cause));
    throw new ToolError('LISTEN_FAILED', { address: formatAddress(address), reason }, { cause });
  }
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : undefined;
  for (const place of others) {
    const door = createServer((socket) => server.emit('connection', socket));
    // The name is served by the first; one that the machine does not have is no loss.
    await open(door, { ...place, port }).then(
      () => doors.push(door),
      () => {},
    );
  }
  return formatAddress(address.kind === 'tcp' && port !== undefined ? { ...address, port } : address);
}

async function open(server: Server, place: NetOptions): Promise<void> {
  server.listen(place);
  await once(server, 'listening');
}

/** "localhost" is IPv4 and IPv6, and clients try either; every other host is one place. */
async function toPlaces(address: ListenAddress): Promise<[NetOptions, ...NetOptions[]]> {
  if (address.kind === 'unix') return [{ path: address.path }];
  const { host, port } = address;
  if (host.toLowerCase() !== 'localhost') return [{ host, port }];
  const [first, ...others] = await lookup(host, { all: true }).catch(() => []);
  if (first === undefined) return [{ host, port }];
  return [{ host: first.address, port }, ...others.map(({ address: other }) => ({ host: other, port }))];
}
