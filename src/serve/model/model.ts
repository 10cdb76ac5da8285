import type { Manifest } from '../../model/documents/manifest.ts';
import type { BatchQueue } from '../pool/batch-queue.ts';
import type { Job } from '../pool/job.ts';
import type { Pool, WorkerStatus } from '../pool/pool.ts';
import type { ModelSettings } from './model-settings.ts';
import type { RegisterRequest } from './register-request.ts';

export interface WorkerCounts {
  readonly min: number;
  readonly max: number;
}

/** One registered version of a model. */
export interface Model {
  readonly name: string;
  readonly version: string;
  /** The request that registered it. */
  readonly request: RegisterRequest;
  /** Of the archive when it was read. */
  readonly fingerprint: string | undefined;
  /** As the client named it: a file of the store, or a path. */
  readonly url: string;
  readonly runtime: string;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly settings: ModelSettings;
  readonly loadedAtStartup: boolean;
  /** A fetched archive, removed with the model. */
  readonly fetchedFile: string | undefined;
  readonly queue: BatchQueue<Job>;
  readonly pool: Pool;
  /** Target number of workers; scaling changes it. */
  workers: WorkerCounts;
  /** Set by a scale request since it was registered; a reload keeps it. */
  scaledTo: WorkerCounts | undefined;
}

/** What the describe answer is made of. */
export interface ModelDescription
  extends Pick<Model, 'name' | 'version' | 'url' | 'runtime' | 'settings' | 'loadedAtStartup'> {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly workers: readonly WorkerStatus[];
  /** Queued and prefetched requests. */
  readonly queued: number;
}

export function describeModel(model: Model): ModelDescription {
  const { name, version, url, runtime, settings, loadedAtStartup, workers, pool, queue } = model;
  const statuses = pool.statuses();
  return {
    name,
    version,
    url,
    runtime,
    settings,
    loadedAtStartup,
    minWorkers: workers.min,
    maxWorkers: workers.max,
    workers: statuses,
    queued: statuses.reduce((sum, { prefetched }) => sum + prefetched, queue.length),
  };
}
