import { ToolError } from '../../core/errors.ts';

/** Settings of one model version, merged from all sources. Names are those of the describe answer. */
export interface ModelSettings {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly batchSize: number;
  /** Milliseconds. */
  readonly maxBatchDelay: number;
  /** Seconds for one batch. */
  readonly responseTimeout: number;
  /** Seconds for a worker to load the model. */
  readonly startupTimeout: number;
  readonly maxRetryTimeoutInSec: number;
  /** Milliseconds a request may be queued; 0 for no bound. */
  readonly clientTimeoutInMills: number;
  /** Most queued requests. */
  readonly jobQueueSize: number;
  readonly deviceType: 'cpu' | 'gpu';
  readonly deviceIds: readonly number[];
}

/** Settings of a register request or of the command line. */
export interface RequestedSettings {
  readonly initialWorkers?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly maxBatchDelay?: number | undefined;
  readonly responseTimeout?: number | undefined;
  readonly startupTimeout?: number | undefined;
}

/** Settings of one version in `models` of config.properties (contract 4.1). */
export interface ConfiguredSettings {
  readonly minWorkers?: number | undefined;
  readonly maxWorkers?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly maxBatchDelay?: number | undefined;
  readonly responseTimeout?: number | undefined;
  readonly startupTimeout?: number | undefined;
  readonly runtimeType?: string | undefined;
  /** Whether this version answers when a request names none. */
  readonly defaultVersion?: boolean | undefined;
}

/** Defaults of config.properties, or TorchServe's. */
export interface DefaultSettings {
  readonly workers: number;
  readonly responseTimeout: number;
  readonly startupTimeout: number;
  readonly jobQueueSize: number;
  /** Number of GPUs to use; undefined for all. */
  readonly gpus?: number | undefined;
}

/** Defaults without config.properties. `server-config.ts` has the same numbers; a test compares. */
export const unconfigured: DefaultSettings = {
  workers: 1,
  responseTimeout: 120,
  startupTimeout: 120,
  jobQueueSize: 100,
};

/** Each is a process: a typo must not take the machine down. */
const MOST_WORKERS = 1_000;

const DEFAULT_BATCH_DELAY_MS = 100;
const DEFAULT_RETRY_WINDOW_S = 300;

/**
 * Contract 2.4. Batch: request, else YAML, else config, else 1 and 100 ms. Time limits: YAML, else config, else request,
 * else default. Workers: the YAML pair, else request, else config, else default. A value of the wrong type is ignored.
 * In TorchServe a YAML file without timeouts resets them to 120 s even where the request or the configuration sets them;
 * here only a timeout in the file counts.
 */
export function resolveSettings(
  request: RequestedSettings,
  yaml: Readonly<Record<string, unknown>>,
  configured: ConfiguredSettings,
  defaults: DefaultSettings,
): ModelSettings {
  const workers = resolveWorkers(request, yaml, configured, defaults);
  refuseTooMany(workers.minWorkers);
  return {
    ...workers,
    batchSize: Math.max(1, request.batchSize ?? atLeast(1, yaml.batchSize) ?? configured.batchSize ?? 1),
    maxBatchDelay:
      request.maxBatchDelay ?? atLeast(1, yaml.maxBatchDelay) ?? configured.maxBatchDelay ?? DEFAULT_BATCH_DELAY_MS,
    responseTimeout:
      atLeast(1, yaml.responseTimeout) ??
      configured.responseTimeout ??
      request.responseTimeout ??
      defaults.responseTimeout,
    startupTimeout:
      atLeast(1, yaml.startupTimeout) ?? configured.startupTimeout ?? request.startupTimeout ?? defaults.startupTimeout,
    maxRetryTimeoutInSec: atLeast(1, yaml.maxRetryTimeoutInSec) ?? DEFAULT_RETRY_WINDOW_S,
    clientTimeoutInMills: atLeast(0, yaml.clientTimeoutInMills) ?? 0,
    jobQueueSize: atLeast(1, yaml.jobQueueSize) ?? defaults.jobQueueSize,
    deviceType: yaml.deviceType === 'gpu' && defaults.gpus !== 0 ? 'gpu' : 'cpu',
    deviceIds: toIds(yaml.deviceIds, defaults.gpus),
  };
}

export function refuseTooMany(workers: number): void {
  if (workers > MOST_WORKERS) throw new ToolError('WORKERS_TOO_MANY', { wanted: workers, most: MOST_WORKERS });
}

function resolveWorkers(
  { initialWorkers }: RequestedSettings,
  yaml: Readonly<Record<string, unknown>>,
  configured: ConfiguredSettings,
  defaults: DefaultSettings,
): Pick<ModelSettings, 'minWorkers' | 'maxWorkers'> {
  const yamlMin = atLeast(1, yaml.minWorkers);
  const yamlMax = atLeast(1, yaml.maxWorkers);
  if (yamlMin !== undefined && yamlMax !== undefined && yamlMax >= yamlMin)
    return { minWorkers: yamlMin, maxWorkers: yamlMax };
  const count = Math.max(0, initialWorkers ?? configured.minWorkers ?? defaults.workers);
  return {
    minWorkers: count,
    maxWorkers: Math.max(count, initialWorkers === undefined ? (configured.maxWorkers ?? count) : count),
  };
}

function atLeast(floor: number, value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= floor ? value : undefined;
}

/** One invalid id voids the list, as in TorchServe. */
function toIds(value: unknown, gpus = Number.POSITIVE_INFINITY): readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0 && id < gpus) ? value : [];
}
