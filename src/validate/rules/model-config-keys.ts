/** One setting of model-config.yaml that TorchServe reads (contract 2.4). */
interface ConfigKey {
  /** In words, after "expected". */
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

function integer(min: number, unit = ''): ConfigKey {
  const expected = `a whole number${unit && ` of ${unit}`}, ${min} or more`;
  return { expected, accepts: (value) => isInteger(value) && value >= min };
}

const flag: ConfigKey = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };

function oneOf(...choices: readonly string[]): ConfigKey {
  return { expected: choices.join(', '), accepts: (value) => typeof value === 'string' && choices.includes(value) };
}

export const modelConfigKeys: Readonly<Record<string, ConfigKey>> = {
  minWorkers: integer(1),
  maxWorkers: integer(1),
  batchSize: integer(1),
  maxBatchDelay: integer(0, 'milliseconds'),
  responseTimeout: integer(1, 'seconds'),
  startupTimeout: integer(1, 'seconds'),
  deviceType: oneOf('cpu', 'gpu'),
  deviceIds: {
    expected: 'a list of whole numbers, 0 or more',
    accepts: (value) => Array.isArray(value) && value.every((id) => isInteger(id) && id >= 0),
  },
  parallelType: oneOf('pp', 'tp', 'pptp', 'custom'),
  parallelLevel: integer(0),
  torchrun: {
    expected: 'a mapping',
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
  maxRetryTimeoutInSec: integer(0, 'seconds'),
  clientTimeoutInMills: integer(0, 'milliseconds'),
  jobQueueSize: integer(0),
  useJobTicket: flag,
  continuousBatching: flag,
  sequenceBatching: flag,
  asyncCommunication: flag,
  useVenv: flag,
  sequenceMaxIdleMSec: integer(0, 'milliseconds'),
  sequenceTimeoutMSec: integer(0, 'milliseconds'),
  maxSequenceJobQueueSize: integer(1),
  maxNumSequence: integer(1),
};

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

/** A value as a message shows it. */
export function describeKind(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
