import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type ListenOptions as NetOptions, type Server } from 'node:net';
import { systemCode, ToolError } from '../core/errors.ts';
import { formatAddress, type ListenAddress } from './config/address.ts';

/** Makes a server listen; further sockets of its address are put into `doors`. Resolves with the address, its port known. */
export async function bindTo(server: Server, address: ListenAddress, doors: Server[]): Promise<string> {
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
