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

/** One version of a model as it runs. */
export interface Model {
  readonly name: string;
  readonly version: string;
  /** What brought it here. */
  readonly request: RegisterRequest;
  /** Of the archive as it was read; undefined where there was none to see. */
  readonly fingerprint: string | undefined;
  /** As it was asked for: a file name of the store, or a path. */
  readonly url: string;
  readonly runtime: string;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly settings: ModelSettings;
  readonly loadedAtStartup: boolean;
  /** An archive that unregistering removes from the store. */
  readonly fetchedFile: string | undefined;
  readonly queue: BatchQueue<Job>;
  readonly pool: Pool;
  /** Workers wanted now; scaling changes them. */
  workers: WorkerCounts;
  /** What somebody asked for since it was registered: a successor inherits it. */
  scaledTo: WorkerCounts | undefined;
}

/** Facts about a model for the describe answer; no wording of HTTP in it. */
export interface ModelDescription
  extends Pick<Model, 'name' | 'version' | 'url' | 'runtime' | 'settings' | 'loadedAtStartup'> {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly workers: readonly WorkerStatus[];
  /** Requests that no worker has begun. */
  readonly queued: number;
  /** The handler's own description, when it was asked for. */
  readonly customizedMetadata?: unknown;
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
    queued: statuses.reduce((sum, { ahead }) => sum + ahead, queue.length),
  };
}
