import type { ListenAddress } from '../../serve/config/address.ts';
import type { ServerConfig } from '../../serve/config/server-config.ts';
import type { GrpcTools } from '../../serve/grpc/exchange/method.ts';
import type { GrpcListeners, GrpcListenOptions, GrpcPlaces } from '../../serve/grpc/listen.ts';
import type { Listeners } from '../../serve/http/listen.ts';
import type { ParsedServeOptions } from './options.ts';

/** TorchServe's. */
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORTS = { inference: 7070, management: 7071 } as const;

/** Undefined where nobody asks for gRPC: by a flag, or by an address or a port in the configuration. */
export function readGrpcPlaces(config: ServerConfig, { grpc }: ParsedServeOptions): GrpcPlaces | undefined {
  const settings = [
    config.grpc_inference_address,
    config.grpc_inference_port,
    config.grpc_management_address,
    config.grpc_management_port,
  ];
  if (!grpc && settings.every((setting) => setting === undefined)) return undefined;
  const secure = config.enable_grpc_ssl;
  const toAddress = (host: string | undefined, port: number): ListenAddress => ({
    kind: 'tcp',
    host: host?.replace(/^\[|\]$/g, '') ?? DEFAULT_HOST,
    port,
    secure,
  });
  return {
    inference: {
      address: toAddress(config.grpc_inference_address, config.grpc_inference_port ?? DEFAULT_PORTS.inference),
      age: {
        maxMs: config.grpc_inference_max_connection_age_ms,
        graceMs: config.grpc_inference_max_connection_age_grace_ms,
      },
    },
    management: {
      address: toAddress(config.grpc_management_address, config.grpc_management_port ?? DEFAULT_PORTS.management),
      age: {
        maxMs: config.grpc_management_max_connection_age_ms,
        graceMs: config.grpc_management_max_connection_age_grace_ms,
      },
    },
  };
}

/** Loaded only where it is asked for. */
export async function openGrpc(
  tools: GrpcTools,
  places: GrpcPlaces | undefined,
  options: GrpcListenOptions,
): Promise<GrpcListeners | undefined> {
  if (places === undefined) return undefined;
  const { openGrpcListeners } = await import('../../serve/grpc/listen.ts');
  return openGrpcListeners(tools, places, options);
}

/** The listeners of HTTP and of gRPC. */
export interface AllListeners extends Listeners {
  readonly grpc: GrpcListeners['targets'] | undefined;
}

/** Opened and closed as one. */
export async function joinGrpc(http: Listeners, opening: Promise<GrpcListeners | undefined>): Promise<AllListeners> {
  try {
    const grpc = await opening;
    return {
      urls: http.urls,
      grpc: grpc?.targets,
      close: async () => void (await Promise.all([http.close(), grpc?.close()])),
      drop() {
        http.drop();
        grpc?.drop();
      },
    };
  } catch (error) {
    await http.close();
    throw error;
  }
}
