import { z } from 'zod';
import { ToolError } from '../../core/errors.ts';
import { isOneOf, keysOf } from '../../core/names/known-words.ts';
import type { ConfiguredSettings } from '../model/model-settings.ts';
import { flag, integer, minutes, modelKeys, models, patterns, port, wholeName } from './config-values.ts';
import { modelSnapshot } from './model-snapshot.ts';
import { parseProperties } from './properties.ts';

/** Control characters that a text file does not contain. */
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001f]/;

/**
 * Keys of config.properties that this server applies; the defaults are TorchServe's unless a comment gives its other
 * one.
 */
const serverConfigSchema = z.object({
  inference_address: z.string().default('http://127.0.0.1:8080'),
  management_address: z.string().default('http://127.0.0.1:8081'),
  metrics_address: z.string().default('http://127.0.0.1:8082'),
  // Hosts and ports of gRPC, which listens if one of them is set or with --grpc; in TorchServe it always listens.
  grpc_inference_address: z.string().min(1).optional(),
  grpc_inference_port: port.optional(),
  grpc_management_address: z.string().min(1).optional(),
  grpc_management_port: port.optional(),
  grpc_inference_max_connection_age_ms: integer(1).optional(),
  grpc_inference_max_connection_age_grace_ms: integer(0).optional(),
  grpc_management_max_connection_age_ms: integer(1).optional(),
  grpc_management_max_connection_age_grace_ms: integer(0).optional(),
  enable_grpc_ssl: flag.prefault('false'),
  model_store: z.string().optional(),
  workflow_store: z.string().optional(),
  load_models: z.string().optional(),
  models: models.prefault('{}'),
  // 0 in TorchServe, which then starts one worker for each CPU for models loaded at start; onnxruntime uses all cores
  // in one worker.
  default_workers_per_model: integer(0).prefault('1'),
  job_queue_size: integer(1).prefault('100'),
  default_response_timeout: integer(1).prefault('120'),
  default_startup_timeout: integer(1).prefault('120'),
  // Number of GPUs to use; all by default, 0 for none.
  number_of_gpu: integer(0).optional(),
  // Id of the first worker; later ones count up.
  initial_worker_port: integer(1).prefault('9000'),
  unregister_model_timeout: integer(1).prefault('120'),
  max_request_size: integer(1).prefault('6553500'),
  max_response_size: integer(1).prefault('6553500'),
  enable_model_api: flag.prefault('false'),
  // "false" in TorchServe; "auto" requires keys if a listener is reachable from other machines.
  disable_token_authorization: z.enum(['true', 'false', 'auto']).default('auto'),
  token_expiration_min: minutes.prefault('60'),
  // Regular expressions, one of which must match the whole of a URL. TorchServe's default adds http(s)?://.*
  allowed_urls: patterns.prefault('file://.*'),
  // For https: a PKCS12 keystore, or a key and its certificate in PEM; otherwise a self-signed certificate.
  keystore: z.string().min(1).optional(),
  keystore_pass: z.string().default('changeit'),
  // Shown, but not applied: the type is detected.
  keystore_type: z.string().default('PKCS12'),
  private_key_file: z.string().min(1).optional(),
  certificate_file: z.string().min(1).optional(),
  cors_allowed_origin: z.string().optional(),
  cors_allowed_methods: z.string().optional(),
  cors_allowed_headers: z.string().optional(),
  enable_metrics_api: flag.prefault('true'),
  // "log" in TorchServe, which leaves /metrics empty.
  metrics_mode: z.enum(['log', 'prometheus', 'legacy']).default('prometheus'),
  // "false" in TorchServe, which then shows only those metrics of a handler that metrics_config defines.
  model_metrics_auto_detect: flag.prefault('true'),
  disable_system_metrics: flag.prefault('false'),
  // Seconds between two readings of the machine for ts_metrics.log; /metrics reads on every scrape.
  metric_time_interval: integer(1).prefault('60'),
  service_envelope: z.enum(['', 'body', 'json', 'kserve', 'kservev2']).default(''),
  default_service_handler: z.string().optional(),
  // The variable with this name has "oip", the property has "true".
  ts_open_inference_protocol: z
    .string()
    .transform((text) => ['true', 'oip'].includes(text.toLowerCase()))
    .prefault('false'),
  // Headers of the sequence id of a request, for models with sequenceBatching.
  ts_header_key_sequence_id: z.string().min(1).default('ts_request_sequence_id'),
  ts_header_key_sequence_start: z.string().min(1).default('ts_request_sequence_start'),
  ts_header_key_sequence_end: z.string().min(1).default('ts_request_sequence_end'),
  // Python for Python archives: a program, or the folder of a virtual environment; otherwise from the PATH.
  python: z.string().min(1).optional(),
  install_py_dep_per_model: flag.prefault('false'),
  // Variables that Python workers do not inherit: a regular expression that matches the whole name.
  blacklist_env_vars: wholeName.optional(),
  metrics_config: z.string().optional(),
  decode_input_request: flag.prefault('true'),
  limit_max_image_pixels: flag.prefault('true'),
  enable_envvars_config: flag.prefault('false'),
  use_env_allowed_urls: flag.prefault('false'),
  // The models of a snapshot; they are restored instead of load_models.
  model_snapshot: modelSnapshot.optional(),
});

export type ServerConfig = z.infer<typeof serverConfigSchema>;
export type ConfigKey = keyof ServerConfig;

export interface EffectiveConfig {
  readonly values: ServerConfig;
  /** Unparsed, without keys that are not set. */
  readonly raw: Readonly<Partial<Record<ConfigKey, string>>>;
  /** Origin of each value: "default", the file's path, the command line, or an environment variable. */
  readonly origins: Readonly<Record<ConfigKey, string>>;
  /** All set values of every origin; paths unresolved. */
  readonly properties: ReadonlyMap<string, string>;
  /** Keys of the file and of its `models` that this server ignores. */
  readonly ignored: readonly string[];
}

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Environment beats flags, flags beat the file (contract 4.2); the environment counts only where the file enables it.
 * `$$NAME$$` in the file is replaced by an environment variable. `implied` are defaults that follow from other flags.
 */
export function resolveConfig(
  file: ConfigFile | undefined,
  flags: Readonly<Partial<Record<ConfigKey, string | undefined>>>,
  env: Readonly<Record<string, string | undefined>>,
  implied: Readonly<Partial<Record<ConfigKey, string | undefined>>> = {},
): EffectiveConfig {
  const fromFile = file === undefined ? new Map<string, string>() : readProperties(file, env);
  const raw: Partial<Record<ConfigKey, string>> = {};
  // The loop gives every key its origin.
  const origins = {} as Record<ConfigKey, string>;
  for (const key of configKeys) {
    const fromEnvironment = mayReadEnvironment(key, fromFile) ? env[variableOf(key)] : undefined;
    const given = fromEnvironment ?? flags[key] ?? fromFile.get(key) ?? implied[key];
    const deployed = given === undefined ? fromDeployment(key, env) : undefined;
    const value = given ?? deployed;
    if (value !== undefined) raw[key] = value;
    if (deployed !== undefined) origins[key] = `environment ${PROTOCOL_VARIABLE}`;
    else if (fromEnvironment !== undefined) origins[key] = `environment ${variableOf(key)}`;
    else if (flags[key] !== undefined) origins[key] = 'command line';
    else if (fromFile.has(key)) origins[key] = file?.path ?? '';
    else origins[key] = given === undefined ? 'default' : 'command line';
  }
  const parsed = serverConfigSchema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = configKeys.find((known) => known === issue?.path[0]);
    if (key === undefined) throw parsed.error;
    throw new ToolError('PROPERTIES_INVALID', { path: origins[key], problem: `${key}=${raw[key]}: ${issue?.message}` });
  }
  const ignored = [...fromFile.keys()].filter((key) => !isOneOf(configKeys, key));
  return {
    values: parsed.data,
    raw,
    origins,
    properties: new Map([...fromFile, ...Object.entries(raw)]),
    ignored: [...ignored, ...ignoredModelKeys(parsed.data.models)],
  };
}

function ignoredModelKeys(configured: ServerConfig['models']): string[] {
  return Object.entries(configured).flatMap(([name, versions]) =>
    Object.entries(versions).flatMap(([version, settings]) =>
      Object.keys(settings)
        .filter((key) => !modelKeys.includes(key))
        .map((key) => `models.${name}.${version}.${key}`),
    ),
  );
}

export const configKeys = keysOf(serverConfigSchema.shape);

/** TS_OPEN_INFERENCE_PROTOCOL is always read, the others if the file enables it, allowed_urls only if it enables that too. */
function mayReadEnvironment(key: ConfigKey, file: ReadonlyMap<string, string>): boolean {
  if (key === 'ts_open_inference_protocol') return true;
  const isOn = (name: ConfigKey) => file.get(name)?.toLowerCase() === 'true';
  return isOn('enable_envvars_config') && (key !== 'allowed_urls' || isOn('use_env_allowed_urls'));
}

/** KServe sets the protocol of its clients in the container; in TorchServe's image a wrapper reads it. */
const PROTOCOL_VARIABLE = 'PROTOCOL_VERSION';

function fromDeployment(key: ConfigKey, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const isV2 = key === 'ts_open_inference_protocol' && /^(grpc-)?v2$/.test(env[PROTOCOL_VARIABLE] ?? '');
  return isV2 ? 'true' : undefined;
}

function variableOf(key: ConfigKey): string {
  return key.startsWith('ts_') ? key.toUpperCase() : `TS_${key.toUpperCase()}`;
}

function readProperties(
  { path, text }: ConfigFile,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  if (BINARY.test(text)) throw new ToolError('PROPERTIES_INVALID', { path, problem: 'it is not a text file' });
  const properties = parseProperties(text);
  for (const [key, value] of properties) {
    const resolved = value.replace(/\$\$([^$]+)\$\$/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined)
        throw new ToolError('PROPERTIES_INVALID', {
          path,
          problem: `${key} names the environment variable ${name}, which is not set`,
        });
      return found;
    });
    properties.set(key, resolved);
  }
  return properties;
}

/** Keys whose values are never printed. */
export const secretKeys: readonly ConfigKey[] = ['keystore_pass'];

/** Keys whose values are paths. Not `python`: a bare name there is a program of the PATH. */
export const pathKeys = [
  'model_store',
  'workflow_store',
  'keystore',
  'private_key_file',
  'certificate_file',
  'metrics_config',
] as const satisfies readonly ConfigKey[];

/** Settings of one version in `models`. */
export function configuredSettings({ models }: ServerConfig, name: string, version: string): ConfiguredSettings {
  return models[name]?.[version] ?? {};
}
