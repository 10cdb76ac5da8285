import { expect, test } from 'vitest';
import { resolveSettings } from '../../../src/serve/model/model-settings.ts';

const defaults = { workers: 1, responseTimeout: 120, startupTimeout: 120, jobQueueSize: 100 };
const resolve = (request = {}, yaml = {}, configured = {}) => resolveSettings(request, yaml, configured, defaults);

test('defaults are TorchServe’s, with one worker', () => {
  expect(resolve()).toEqual({
    asyncCommunication: false,
    parallel: undefined,
    minWorkers: 1,
    maxWorkers: 1,
    batchSize: 1,
    maxBatchDelay: 100,
    responseTimeout: 120,
    startupTimeout: 120,
    maxRetryTimeoutInSec: 300,
    clientTimeoutInMills: 0,
    jobQueueSize: 100,
    useJobTicket: false,
    continuousBatching: false,
    sequences: undefined,
    deviceType: 'cpu',
    deviceIds: [],
  });
});

test('a sequence without sequenceMaxIdleMSec ends after 60 s without a request', () => {
  expect(resolve({}, { sequenceBatching: true }).sequences?.maxIdle).toBe(60_000);
  expect(resolve({}, { sequenceBatching: true, sequenceMaxIdleMSec: 5 }).sequences?.maxIdle).toBe(5);
});

test('batching: request, else YAML, else configuration', () => {
  expect(resolve({ batchSize: 2 }, { batchSize: 3 }, { batchSize: 4 }).batchSize).toBe(2);
  expect(resolve({}, { batchSize: 3 }, { batchSize: 4 }).batchSize).toBe(3);
  expect(resolve({}, {}, { batchSize: 4, maxBatchDelay: 7 })).toMatchObject({ batchSize: 4, maxBatchDelay: 7 });
});

test('timeouts: YAML, else configuration, else request', () => {
  expect(resolve({ responseTimeout: 1 }, { responseTimeout: 2 }, { responseTimeout: 3 }).responseTimeout).toBe(2);
  expect(resolve({ responseTimeout: 1 }, { batchSize: 2 }, { responseTimeout: 3 }).responseTimeout).toBe(3);
  expect(resolve({ responseTimeout: 1 }, { batchSize: 2 }).responseTimeout).toBe(1);
});

test('workers: the YAML pair if complete and valid, else the request, else the configuration', () => {
  expect(resolve({ initialWorkers: 5 }, { minWorkers: 2, maxWorkers: 3 })).toMatchObject({
    minWorkers: 2,
    maxWorkers: 3,
  });
  expect(resolve({ initialWorkers: 5 }, { minWorkers: 3, maxWorkers: 2 })).toMatchObject({
    minWorkers: 5,
    maxWorkers: 5,
  });
  expect(resolve({}, {}, { minWorkers: 2, maxWorkers: 4 })).toMatchObject({ minWorkers: 2, maxWorkers: 4 });
  expect(resolve({ initialWorkers: 0 })).toMatchObject({ minWorkers: 0, maxWorkers: 0 });
  expect(resolve({ initialWorkers: -1 })).toMatchObject({ minWorkers: 0 });
});
