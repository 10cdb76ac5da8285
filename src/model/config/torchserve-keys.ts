import type { ModelConfig } from './read-model-config.ts';

/**
 * The settings of model-config.yaml that TorchServe reads (contract 2.4): the values each accepts, and what replaces an
 * invalid one.
 */
interface Key {
  /** In words, after "expected". */
  readonly expected: string;
  accepts(value: unknown): boolean;
  /** What TorchServe uses instead of an invalid value. */
  readonly otherwise: string;
  /** Numbers written as floats (`1.0`, `1e3`) are not accepted. */
  readonly isWhole?: boolean;
  /** A value that means "not set". */
  readonly unsetAt?: number;
}

interface WholeOptions {
  readonly unit?: string;
  readonly unsetAt?: number;
}

function whole(min: number, otherwise: string, { unit, ...rest }: WholeOptions = {}): Key {
  const expected = `a whole number${unit === undefined ? '' : ` of ${unit}`}, ${min} or more`;
  return { expected, accepts: (value) => isWholeNumber(value) && value >= min, otherwise, isWhole: true, ...rest };
}

function isWholeNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

const flag: Key = { expected: 'true or false', accepts: (value) => typeof value === 'boolean', otherwise: 'false' };

function oneOf(...choices: readonly string[]): Key {
  return {
    expected: choices.join(', '),
    accepts: (value) => typeof value === 'string' && choices.includes(value),
    otherwise: 'its own choice',
  };
}

const milliseconds = { unit: 'milliseconds' };
const seconds = { unit: 'seconds' };

const keys = {
  minWorkers: whole(1, 'the number of workers of the request or of the server'),
  maxWorkers: whole(1, 'the number of workers of the request or of the server'),
  batchSize: whole(1, 'batches of 1, or of the size the server sets'),
  maxBatchDelay: whole(0, '100 milliseconds, or the time the server sets', { ...milliseconds, unsetAt: 0 }),
  responseTimeout: whole(1, '120 seconds', seconds),
  startupTimeout: whole(1, '120 seconds', seconds),
  deviceType: oneOf('cpu', 'gpu'),
  deviceIds: {
    expected: 'a list of whole numbers, 0 or more',
    accepts: (value) => Array.isArray(value) && value.every((id) => isWholeNumber(id) && id >= 0),
    otherwise: 'all devices',
  },
  parallelType: oneOf('pp', 'tp', 'pptp', 'custom'),
  parallelLevel: whole(0, '0'),
  torchrun: {
    expected: 'a mapping',
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    otherwise: 'no torchrun',
  },
  maxRetryTimeoutInSec: whole(0, '300 seconds', { ...seconds, unsetAt: 0 }),
  clientTimeoutInMills: whole(0, 'no time limit', milliseconds),
  jobQueueSize: whole(0, 'job_queue_size of the server', { unsetAt: 0 }),
  useJobTicket: flag,
  continuousBatching: flag,
  sequenceBatching: flag,
  asyncCommunication: flag,
  useVenv: flag,
  sequenceMaxIdleMSec: whole(0, '0, and then refuses every request of a sequence', { ...milliseconds, unsetAt: 0 }),
  sequenceTimeoutMSec: whole(0, '0', milliseconds),
  maxSequenceJobQueueSize: whole(1, '1'),
  maxNumSequence: whole(1, '1'),
} as const satisfies Readonly<Record<string, Key>>;

export const torchServeKeys: ReadonlyMap<string, Key> = new Map(Object.entries(keys));

export const torchrunKeys: readonly string[] = [
  'nnodes',
  'nproc-per-node',
  'rdzv-backend',
  'rdzv-endpoint',
  'rdzv-conf',
  'monitor-interval',
  'node-rank',
  'OMP_NUMBER_THREADS',
];

/** Conventions of TorchServe's own handlers, read by Python code (contract 2.4). */
export const conventionalKeys: readonly string[] = ['handler', 'pt2', 'pippy', 'micro_batching', 'deepspeed'];

/** Whether TorchServe accepts the value of a key. */
export function isTaken(config: ModelConfig, name: string, { accepts, isWhole = false }: Key): boolean {
  return accepts(config.values[name]) && !(isWhole && config.isFloat(name));
}

/** The settings that a server reads from model-config.yaml; an invalid value counts as absent. */
export interface ConfigSettings {
  readonly minWorkers?: number;
  readonly maxWorkers?: number;
  readonly batchSize?: number;
  /** Milliseconds. */
  readonly maxBatchDelay?: number;
  /** Seconds. */
  readonly responseTimeout?: number;
  /** Seconds. */
  readonly startupTimeout?: number;
  /** Seconds. */
  readonly maxRetryTimeoutInSec?: number;
  /** Milliseconds. */
  readonly clientTimeoutInMills?: number;
  readonly jobQueueSize?: number;
  readonly useJobTicket?: boolean;
  readonly continuousBatching?: boolean;
  readonly sequenceBatching?: boolean;
  /** Milliseconds. */
  readonly sequenceMaxIdleMSec?: number;
  /** Milliseconds. */
  readonly sequenceTimeoutMSec?: number;
  readonly maxNumSequence?: number;
  readonly maxSequenceJobQueueSize?: number;
  readonly asyncCommunication?: boolean;
  readonly parallelType?: 'pp' | 'tp' | 'pptp' | 'custom';
  readonly parallelLevel?: number;
  readonly torchrun?: Readonly<Record<string, unknown>>;
  readonly deviceType?: 'cpu' | 'gpu';
  readonly deviceIds?: readonly number[];
}

export function readSettings(config: ModelConfig): ConfigSettings {
  const taken = [...torchServeKeys].filter(
    ([name, key]) => isTaken(config, name, key) && config.values[name] !== key.unsetAt,
  );
  // Each value was accepted by its own key, which is of the type above.
  return Object.fromEntries(taken.map(([name]) => [name, config.values[name]])) as ConfigSettings;
}
