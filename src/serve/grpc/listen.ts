import type { Server } from 'node:net';
import { bindTo } from '../bind.ts';
import { formatAddress, type ListenAddress } from '../config/address.ts';
import type { TlsIdentity } from '../tls/identity.ts';
import { FLUSH_TIMEOUT_MS } from '../transfer-limits.ts';
import type { GrpcRole, GrpcTools } from './exchange/method.ts';
import { createGrpcServer, type GrpcServer } from './server.ts';
import type { ConnectionAge } from './session-life.ts';

export interface GrpcListener {
  readonly address: ListenAddress;
  readonly age: ConnectionAge;
}

export type GrpcPlaces = Readonly<Record<GrpcRole, GrpcListener>>;

export interface GrpcListenOptions {
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Where the listeners speak TLS. */
  readonly tls: TlsIdentity | undefined;
}

export interface GrpcListeners {
  /** `host:port` of each role, as clients take it. */
  readonly targets: Readonly<Record<GrpcRole, string>>;
  /** Takes no new calls; resolves when every call at hand is answered and sent. */
  close(): Promise<void>;
  /** Ends connections that are still open a moment after the last answer was made. */
  drop(): void;
}

/** One listener an address; roles with equal addresses share it. */
export async function openGrpcListeners(
  tools: GrpcTools,
  places: GrpcPlaces,
  options: GrpcListenOptions,
): Promise<GrpcListeners> {
  const { inference, management } = places;
  const isShared = formatAddress(inference.address) === formatAddress(management.address);
  const servers: GrpcServer[] = [];
  const extraServers: Server[] = [];
  let dropping: NodeJS.Timeout | undefined;
  const close = async () => {
    for (const extra of extraServers) extra.close();
    await Promise.all(servers.map((server) => server.close()));
    clearTimeout(dropping);
  };
  const open = async (roles: readonly GrpcRole[], { address, age }: GrpcListener): Promise<string> => {
    const grpc = createGrpcServer(tools, { ...options, roles, age });
    servers.push(grpc);
    return toTarget(await bindTo(grpc.server, address, extraServers));
  };
  try {
    const first = await open(isShared ? ['inference', 'management'] : ['inference'], inference);
    const second = isShared ? first : await open(['management'], management);
    return {
      targets: { inference: first, management: second },
      close,
      drop() {
        dropping = setTimeout(() => {
          for (const server of servers) server.drop();
        }, FLUSH_TIMEOUT_MS).unref();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function toTarget(url: string): string {
  return url.replace(/^https?:\/\//, '');
}
