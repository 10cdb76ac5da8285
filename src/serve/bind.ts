import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type ListenOptions as NetOptions, type Server } from 'node:net';
import { systemCode, ToolError } from '../core/errors.ts';
import { formatAddress, type ListenAddress } from './config/address.ts';

/** Makes a server listen; sockets for further addresses of a name are added to `extraServers`. Resolves with the address and its actual port. */
export async function bindTo(server: Server, address: ListenAddress, extraServers: Server[]): Promise<string> {
  const [first, ...others] = await toBindings(address);
  try {
    await open(server, first);
  } catch (cause) {
    const code = systemCode(cause);
    const reason = code === 'EADDRINUSE' ? 'another program uses this address' : (code ?? String(cause));
    throw new ToolError('LISTEN_FAILED', { address: formatAddress(address), reason }, { cause });
  }
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : undefined;
  for (const binding of others) {
    const extra = createServer((socket) => server.emit('connection', socket));
    // Optional: the machine may lack this address, and the first one serves the name.
    await open(extra, { ...binding, port }).then(
      () => extraServers.push(extra),
      () => {},
    );
  }
  return formatAddress(address.kind === 'tcp' && port !== undefined ? { ...address, port } : address);
}

async function open(server: Server, binding: NetOptions): Promise<void> {
  server.listen(binding);
  await once(server, 'listening');
}

/** "localhost" is IPv4 and IPv6, and clients try either; any other host is one address. */
async function toBindings(address: ListenAddress): Promise<[NetOptions, ...NetOptions[]]> {
  if (address.kind === 'unix') return [{ path: address.path }];
  const { host, port } = address;
  if (host.toLowerCase() !== 'localhost') return [{ host, port }];
  const [first, ...others] = await lookup(host, { all: true }).catch(() => []);
  if (first === undefined) return [{ host, port }];
  return [{ host: first.address, port }, ...others.map(({ address: other }) => ({ host: other, port }))];
}
