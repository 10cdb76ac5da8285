import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { parseAddress } from '../../serve/config/address.ts';
import {
  type ConfigKey,
  type EffectiveConfig,
  resolveConfig,
  type ServerConfig,
} from '../../serve/config/server-config.ts';
import type { Addresses } from '../../serve/http/listen.ts';
import { devices } from '../../serve/protocol/devices.ts';
import { findConfigFiles, findRestored, type RestoredSnapshot } from './config-files.ts';

const wholeNumber = (floor: number, ceiling: number, what: string) =>
  z.coerce.number(what).int(what).min(floor, what).max(ceiling, what);

/** Our addresses where nobody gives one, for those who bring a key and a certificate. */
const secureAddresses = {
  inference_address: 'https://127.0.0.1:8080',
  management_address: 'https://127.0.0.1:8081',
  metrics_address: 'https://127.0.0.1:8082',
};

export interface ServeConfig extends EffectiveConfig {
  /** Path of the file the values came from. */
  readonly file: string | undefined;
  readonly restored: RestoredSnapshot | undefined;
}

export const serveOptionsSchema = z.object({
  /** Archives or unpacked folders anywhere on disk. */
  archives: z.array(z.string().min(1)).default([]),
  modelStore: z.string().min(1).optional(),
  /** `[name=]file` in the model store, or "all". */
  models: z.array(z.string().min(1)).default([]),
  /** Where workflow archives are; the model store by default. */
  workflowStore: z.string().min(1).optional(),
  /** `[name=]file` in the workflow store, or "all". */
  workflows: z.array(z.string().min(1)).default([]),
  /** Path of a config.properties. */
  tsConfig: z.string().min(1).optional(),
  inferenceAddress: z.string().optional(),
  managementAddress: z.string().optional(),
  metricsAddress: z.string().optional(),
  /** One port of 127.0.0.1 for everything; 0 for a free one. */
  port: wholeNumber(0, 65_535, 'a port from 0 to 65535').optional(),
  device: z.enum(devices, `one of ${devices.join(', ')}`).default('auto'),
  /** Worker processes a model. */
  workers: wholeNumber(0, 1_024, 'a whole number from 0 to 1024').optional(),
  /** Threads of one operator in a worker. */
  threads: wholeNumber(1, 1_024, 'a whole number from 1 to 1024').optional(),
  /** Runs Python archives: a program, or the folder of a virtual environment. */
  python: z.string().min(1).optional(),
  enableModelApi: z.boolean().optional(),
  /** Ask for keys, or not; by default they are asked for when another machine can reach a listener. */
  tokenAuth: z.boolean().optional(),
  /** TorchServe's spelling of `tokenAuth: false`. */
  disableTokenAuth: z.boolean().optional(),
  /** Keys of one's own: a file in the form of key_file.json. Without one they are made anew. */
  keyFile: z.string().min(1).optional(),
  /** Whether /ping asks for the inference key, as TorchServe's does. */
  tokenForPing: z.boolean().default(true),
  /** Regular expressions of the URLs that archives may be fetched from, separated by commas. */
  allowedUrls: z.string().optional(),
  /** Names that lead to a loopback listener beside its own, separated by commas; "*" is every name. */
  allowedHosts: z.string().min(1).optional(),
  /** The origin whose pages may use the server; TorchServe's cors_allowed_origin. */
  corsOrigin: z
    .string()
    .refine(
      (text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text),
      'an origin such as https://app.example, or *',
    )
    .optional(),
  metricsMode: z.enum(['log', 'prometheus', 'legacy'], 'log, prometheus or legacy').optional(),
  serviceEnvelope: z.enum(['body', 'json', 'kserve', 'kservev2'], 'body, json, kserve or kservev2').optional(),
  /** Serve the Open Inference Protocol (KServe v2) as it is specified. */
  openInferenceProtocol: z.boolean().optional(),
  /** One line a request: TorchServe's access log, or JSON; none by default. */
  logFormat: z.enum(['torchserve', 'json', 'none'], 'torchserve, json or none').default('none'),
  /** The server's private key and its certificate, in PEM; what has no address of its own is then served over https. */
  tlsKey: z.string().min(1).optional(),
  tlsCert: z.string().min(1).optional(),
  /** Keep what is served on disk, and serve it again at the next start. */
  snapshots: z.boolean().default(false),
  /** TorchServe's way to say: no snapshots. It wins. */
  noConfigSnapshots: z.boolean().default(false),
  /** Load an archive anew when it changes on disk. */
  watch: z.boolean().default(false),
  /** Flags of TorchServe's that change nothing here; the server says so. */
  logConfig: z.string().optional(),
  cppLogConfig: z.string().optional(),
  pluginsPath: z.string().optional(),
  skipValidation: z.boolean().default(false),
  /** Seconds that requests at hand get to finish when the server is told to stop. */
  grace: z.coerce.number('seconds').min(0, 'seconds, 0 or more').default(30),
});
export type ServeOptions = z.input<typeof serveOptionsSchema>;
export type ParsedServeOptions = z.output<typeof serveOptionsSchema>;

/** Files and flags together, with where each value came from. */
export async function readServeConfig(options: ParsedServeOptions, context: Context): Promise<ServeConfig> {
  const { file, snapshot } = await findConfigFiles(options, context);
  const secure = options.tlsKey !== undefined || options.tlsCert !== undefined;
  const shared = options.port === undefined ? undefined : `${secure ? 'https' : 'http'}://127.0.0.1:${options.port}`;
  const flags: Partial<Record<ConfigKey, string | undefined>> = {
    inference_address: options.inferenceAddress ?? shared,
    management_address: options.managementAddress ?? shared,
    metrics_address: options.metricsAddress ?? shared,
    model_store: options.modelStore,
    workflow_store: options.workflowStore,
    private_key_file: options.tlsKey,
    certificate_file: options.tlsCert,
    default_workers_per_model: options.workers?.toString(),
    enable_model_api: options.enableModelApi?.toString(),
    disable_token_authorization: toDisabled(options),
    allowed_urls: options.allowedUrls,
    cors_allowed_origin: options.corsOrigin,
    metrics_mode: options.metricsMode,
    service_envelope: options.serviceEnvelope,
    ts_open_inference_protocol: options.openInferenceProtocol?.toString(),
  };
  const config = resolveConfig(file, flags, context.env, secure ? secureAddresses : {});
  return { ...config, file: file?.path, restored: findRestored(config, snapshot) };
}

function toDisabled({ tokenAuth, disableTokenAuth }: ParsedServeOptions): string | undefined {
  if (disableTokenAuth === true) return 'true';
  return tokenAuth === undefined ? undefined : String(!tokenAuth);
}

export function readAddresses(config: ServerConfig): Addresses {
  return {
    inference: parseAddress(config.inference_address, 'inference_address', { http: 80, https: 443 }),
    management: parseAddress(config.management_address, 'management_address', { http: 8081, https: 8444 }),
    metrics: parseAddress(config.metrics_address, 'metrics_address', { http: 8082, https: 8445 }),
  };
}
