import { ToolError } from '../../core/errors.ts';
import type { ConfigSettings } from '../../model/config/torchserve-keys.ts';
import type { ParallelManner, WorkerManner } from '../process/worker-kind.ts';

/** Settings of one model version, merged from all sources. Names are those of the describe answer. */
export interface ModelSettings extends WorkerManner {
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
  /** Milliseconds a request may be queued; 0 for no limit. */
  readonly clientTimeoutInMills: number;
  /** Maximum number of queued requests. */
  readonly jobQueueSize: number;
  /** Requests are accepted only while a worker is idle. */
  readonly useJobTicket: boolean;
  /** Requests join a running batch, and each leaves it when its answer is complete. */
  readonly continuousBatching: boolean;
  /** Undefined for a model without sequences. */
  readonly sequences: SequenceSettings | undefined;
  readonly deviceType: 'cpu' | 'gpu';
  readonly deviceIds: readonly number[];
}

/** Of a model whose handler keeps state (sequenceBatching). */
export interface SequenceSettings {
  /** Milliseconds. */
  readonly maxIdle: number;
  /** Milliseconds; 0 for no limit. */
  readonly timeout: number;
  /** Maximum number at a time. */
  readonly most: number;
  /** Maximum number of queued requests of one sequence. */
  readonly jobQueueSize: number;
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
/** TorchServe has none, and then refuses every request. */
const DEFAULT_SEQUENCE_IDLE_MS = 60_000;

/**
 * Contract 2.4. Batch: request, else YAML, else config, else 1 and 100 ms. Time limits: YAML, else config, else request,
 * else default. Workers: the YAML pair, else request, else config, else default.
 * In TorchServe a YAML file without timeouts resets them to 120 s even where the request or the configuration sets them;
 * here only a timeout in the file counts.
 */
export function resolveSettings(
  request: RequestedSettings,
  yaml: ConfigSettings,
  configured: ConfiguredSettings,
  defaults: DefaultSettings,
): ModelSettings {
  const workers = resolveWorkers(request, yaml, configured, defaults);
  refuseTooMany(workers.minWorkers);
  const batchSize = Math.max(1, request.batchSize ?? yaml.batchSize ?? configured.batchSize ?? 1);
  return {
    ...workers,
    batchSize,
    maxBatchDelay: request.maxBatchDelay ?? yaml.maxBatchDelay ?? configured.maxBatchDelay ?? DEFAULT_BATCH_DELAY_MS,
    responseTimeout:
      yaml.responseTimeout ?? configured.responseTimeout ?? request.responseTimeout ?? defaults.responseTimeout,
    startupTimeout:
      yaml.startupTimeout ?? configured.startupTimeout ?? request.startupTimeout ?? defaults.startupTimeout,
    maxRetryTimeoutInSec: yaml.maxRetryTimeoutInSec ?? DEFAULT_RETRY_WINDOW_S,
    clientTimeoutInMills: yaml.clientTimeoutInMills ?? 0,
    jobQueueSize: yaml.jobQueueSize ?? defaults.jobQueueSize,
    useJobTicket: yaml.useJobTicket === true,
    continuousBatching: yaml.continuousBatching === true,
    sequences: yaml.sequenceBatching === true ? toSequences(yaml, batchSize * workers.maxWorkers) : undefined,
    // A batch that is sent again and again, or a state, is one after the other.
    asyncCommunication:
      yaml.asyncCommunication === true && yaml.continuousBatching !== true && yaml.sequenceBatching !== true,
    parallel: toParallel(yaml),
    deviceType: yaml.deviceType === 'gpu' && defaults.gpus !== 0 ? 'gpu' : 'cpu',
    deviceIds: toIds(yaml.deviceIds, defaults.gpus),
  };
}

/** At least as many sequences as the workers can run at once. */
function toSequences(yaml: ConfigSettings, atOnce: number): SequenceSettings {
  return {
    maxIdle: yaml.sequenceMaxIdleMSec ?? DEFAULT_SEQUENCE_IDLE_MS,
    timeout: yaml.sequenceTimeoutMSec ?? 0,
    most: Math.max(yaml.maxNumSequence ?? 1, atOnce),
    jobQueueSize: yaml.maxSequenceJobQueueSize ?? 1,
  };
}

/** The processes that torchrun is told count as the level. Without a type the model is in one process, as in TorchServe. */
function toParallel({ parallelType: type, parallelLevel = 0, torchrun }: ConfigSettings): ParallelManner | undefined {
  const level = torchrun === undefined ? parallelLevel : readWhole(torchrun['nproc-per-node'], 1);
  if (type === undefined || level === 0) return undefined;
  return {
    type,
    level,
    torchrun: {
      nnodes: readWhole(torchrun?.nnodes, 1),
      rdzvBackend: readText(torchrun?.['rdzv-backend']) ?? 'c10d',
      rdzvEndpoint: readText(torchrun?.['rdzv-endpoint']),
      ompNumThreads: readWhole(torchrun?.OMP_NUMBER_THREADS, 1),
    },
  };
}

function readWhole(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function refuseTooMany(workers: number): void {
  if (workers > MOST_WORKERS) throw new ToolError('WORKERS_TOO_MANY', { wanted: workers, most: MOST_WORKERS });
}

function resolveWorkers(
  { initialWorkers }: RequestedSettings,
  { minWorkers, maxWorkers }: ConfigSettings,
  configured: ConfiguredSettings,
  defaults: DefaultSettings,
): Pick<ModelSettings, 'minWorkers' | 'maxWorkers'> {
  if (minWorkers !== undefined && maxWorkers !== undefined && maxWorkers >= minWorkers)
    return { minWorkers, maxWorkers };
  const count = Math.max(0, initialWorkers ?? configured.minWorkers ?? defaults.workers);
  return {
    minWorkers: count,
    maxWorkers: Math.max(count, initialWorkers === undefined ? (configured.maxWorkers ?? count) : count),
  };
}

/** One invalid id voids the list, as in TorchServe. */
function toIds(ids: readonly number[] = [], gpus = Number.POSITIVE_INFINITY): readonly number[] {
  return ids.every((id) => id < gpus) ? ids : [];
}
