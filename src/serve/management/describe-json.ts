import type { ModelDescription } from '../model/model.ts';
import { isUp, type WorkerStatus } from '../pool/pool.ts';
import { residentBytes } from '../process/resident-memory.ts';

/** Keys and order of contract 3.4; unsupported features have the value that says so. */
export async function toDescribeJson(model: ModelDescription): Promise<Record<string, unknown>> {
  const { settings, workers, queued } = model;
  const { sequences } = settings;
  return {
    modelName: model.name,
    modelVersion: model.version,
    // A function of a workflow has none.
    modelUrl: model.url === '' ? undefined : model.url,
    runtime: model.runtime,
    minWorkers: model.minWorkers,
    maxWorkers: model.maxWorkers,
    batchSize: settings.batchSize,
    maxBatchDelay: settings.maxBatchDelay,
    responseTimeout: settings.responseTimeout,
    startupTimeout: settings.startupTimeout,
    maxRetryTimeoutInSec: settings.maxRetryTimeoutInSec,
    clientTimeoutInMills: settings.clientTimeoutInMills,
    parallelType: settings.parallel?.type ?? '',
    parallelLevel: settings.parallel?.level ?? 0,
    deviceType: settings.deviceType,
    ...(settings.deviceIds.length === 0 ? {} : { deviceIds: settings.deviceIds }),
    continuousBatching: settings.continuousBatching,
    useJobTicket: settings.useJobTicket,
    useVenv: false,
    stateful: sequences !== undefined,
    sequenceMaxIdleMSec: sequences?.maxIdle ?? 0,
    sequenceTimeoutMSec: sequences?.timeout ?? 0,
    maxNumSequence: sequences?.most ?? 0,
    maxSequenceJobQueueSize: sequences?.jobQueueSize ?? 0,
    loadedAtStartup: model.loadedAtStartup,
    workers: await Promise.all(workers.map((worker) => toWorkerJson(worker, settings.deviceType === 'gpu'))),
    jobQueueStatus: { remainingCapacity: settings.jobQueueSize - queued, pendingRequests: queued },
  };
}

/** `asksForGpu` is used until the worker has reported its execution provider. */
async function toWorkerJson(
  { id, state, startedAt, pid, provider, batching, lastError }: WorkerStatus,
  asksForGpu: boolean,
): Promise<Record<string, unknown>> {
  return {
    id,
    startTime: (startedAt ?? new Date(0)).toISOString(),
    status: isUp(state) ? 'READY' : 'UNLOADING',
    memoryUsage: pid === undefined ? 0 : await residentBytes(pid),
    pid: pid ?? -1,
    gpu: provider === undefined ? asksForGpu : provider !== 'cpu',
    gpuUsage: 'N/A',
    // Ours; omitted for a CPU model on the CPU.
    ...(provider === undefined || (provider === 'cpu' && !asksForGpu) ? {} : { provider }),
    // Ours: whether requests share a run of the model, and why.
    ...(batching === undefined ? {} : { batching }),
    // Ours: why a worker is not up, with its last output.
    ...(isUp(state) || lastError === undefined ? {} : { lastError: lastError.message }),
  };
}
