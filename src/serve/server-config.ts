import { z } from 'zod';
import { ToolError } from '../core/errors.ts';
import type { ConfiguredSettings } from './model-settings.ts';
import { parseProperties } from './properties.ts';

const integer = (floor: number) =>
  z
    .string()
    .regex(/^[+-]?\d+$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= floor, `expected at least ${floor}`);
/** As java.lang.Boolean: any other text than "true" is false. */
const flag = z.string().transform((text) => text.toLowerCase() === 'true');

const versionSchema = z.looseObject({
  minWorkers: z.number().int().optional(),
  maxWorkers: z.number().int().optional(),
  batchSize: z.number().int().min(1).optional(),
  maxBatchDelay: z.number().int().min(0).optional(),
  responseTimeout: z.number().int().min(1).optional(),
  startupTimeout: z.number().int().min(1).optional(),
  defaultVersion: z.boolean().optional(),
  marName: z.string().optional(),
});

const models = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON: {"name": {"version": {…}}}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.record(z.string(), versionSchema)));

/** The keys of config.properties that this server obeys, with TorchServe's defaults unless the comment says otherwise. */
const serverConfigSchema = z.object({
  inference_address: z.string().default('http://127.0.0.1:8080'),
  management_address: z.string().default('http://127.0.0.1:8081'),
  metrics_address: z.string().default('http://127.0.0.1:8082'),
  model_store: z.string().optional(),
  load_models: z.string().optional(),
  models: models.prefault('{}'),
  // 0 in TorchServe, which then starts one worker a CPU for models loaded at start; onnxruntime uses all cores from one.
  default_workers_per_model: integer(0).prefault('1'),
  job_queue_size: integer(1).prefault('100'),
  default_response_timeout: integer(1).prefault('120'),
  default_startup_timeout: integer(1).prefault('120'),
  unregister_model_timeout: integer(1).prefault('120'),
  max_request_size: integer(1).prefault('6553500'),
  max_response_size: integer(1).prefault('6553500'),
  enable_model_api: flag.prefault('false'),
});

export type ServerConfig = z.infer<typeof serverConfigSchema>;
export type ConfigKey = keyof ServerConfig;

export interface EffectiveConfig {
  readonly values: ServerConfig;
  /** Where each value came from: "default", the file's path, or the name of a flag. */
  readonly origins: Readonly<Record<ConfigKey, string>>;
  /** Keys of the file that this server does not obey. */
  readonly ignored: readonly string[];
}

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** Flags beat the file (contract 4.2). `$$NAME$$` in the file stands for an environment variable. */
export function resolveConfig(
  file: ConfigFile | undefined,
  flags: Readonly<Partial<Record<ConfigKey, string | undefined>>>,
  env: Readonly<Record<string, string | undefined>>,
): EffectiveConfig {
  const fromFile = file === undefined ? new Map<string, string>() : readProperties(file, env);
  const keys = Object.keys(serverConfigSchema.shape) as ConfigKey[];
  const raw: Partial<Record<ConfigKey, string>> = {};
  const origins = {} as Record<ConfigKey, string>;
  for (const key of keys) {
    const given = flags[key] ?? fromFile.get(key);
    if (given !== undefined) raw[key] = given;
    origins[key] = flags[key] !== undefined ? 'command line' : fromFile.has(key) ? (file?.path ?? '') : 'default';
  }
  const parsed = serverConfigSchema.safeParse(raw);
  if (!parsed.success) {
    const {
      path: [key],
      message,
    } = parsed.error.issues[0] as z.core.$ZodIssue;
    const path = origins[key as ConfigKey];
    throw new ToolError('PROPERTIES_INVALID', { path, problem: `${String(key)}=${raw[key as ConfigKey]}: ${message}` });
  }
  const ignored = [...fromFile.keys()].filter((key) => !(keys as string[]).includes(key));
  return { values: parsed.data, origins, ignored };
}

function readProperties(
  { path, text }: ConfigFile,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
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

/** What `models` says of one version. */
export function configuredSettings({ models }: ServerConfig, name: string, version: string): ConfiguredSettings {
  return models[name]?.[version] ?? {};
}
