/** One setting of model-config.yaml that TorchServe reads (contract 2.4). */
interface ConfigKey {
  /** In words, after "expected". */
  readonly expected: string;
  accepts(value: unknown): boolean;
  /** What TorchServe goes by when the value is of no use. */
  readonly otherwise: string;
}

const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

function integer(min: number, otherwise: string, unit = ''): ConfigKey {
  const expected = `a whole number${unit && ` of ${unit}`}, ${min} or more`;
  return { expected, accepts: (value) => isInteger(value) && value >= min, otherwise };
}

const flag: ConfigKey = {
  expected: 'true or false',
  accepts: (value) => typeof value === 'boolean',
  otherwise: 'false',
};

function oneOf(...choices: readonly string[]): ConfigKey {
  return {
    expected: choices.join(', '),
    accepts: (value) => typeof value === 'string' && choices.includes(value),
    otherwise: 'its own choice',
  };
}

export const modelConfigKeys: Readonly<Record<string, ConfigKey>> = {
  minWorkers: integer(1, 'the number of workers the server is told'),
  maxWorkers: integer(1, 'the number of workers the server is told'),
  batchSize: integer(1, 'batches of 1, or of what the server is told'),
  maxBatchDelay: integer(0, '100 milliseconds, or what the server is told', 'milliseconds'),
  responseTimeout: integer(1, '120 seconds', 'seconds'),
  startupTimeout: integer(1, '120 seconds', 'seconds'),
  deviceType: oneOf('cpu', 'gpu'),
  deviceIds: {
    expected: 'a list of whole numbers, 0 or more',
    accepts: (value) => Array.isArray(value) && value.every((id) => isInteger(id) && id >= 0),
    otherwise: 'all devices',
  },
  parallelType: oneOf('pp', 'tp', 'pptp', 'custom'),
  parallelLevel: integer(0, '0'),
  torchrun: {
    expected: 'a mapping',
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    otherwise: 'no torchrun',
  },
  maxRetryTimeoutInSec: integer(0, '300 seconds', 'seconds'),
  clientTimeoutInMills: integer(0, 'no time limit', 'milliseconds'),
  jobQueueSize: integer(0, 'job_queue_size of the server'),
  useJobTicket: flag,
  continuousBatching: flag,
  sequenceBatching: flag,
  asyncCommunication: flag,
  useVenv: flag,
  sequenceMaxIdleMSec: integer(0, '0', 'milliseconds'),
  sequenceTimeoutMSec: integer(0, '0', 'milliseconds'),
  maxSequenceJobQueueSize: integer(1, '1'),
  maxNumSequence: integer(1, '1'),
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
