import { rm } from 'node:fs/promises';
import { extractTree } from '../../archive/extract.ts';
import { openArchive } from '../../archive/open.ts';
import { ToolError } from '../../core/errors.ts';
import { findInertKeys } from '../../model/config/inert-keys.ts';
import type { ModelConfig } from '../../model/config/read-model-config.ts';
import { readSettings } from '../../model/config/torchserve-keys.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { detectHandler } from '../../model/handler/handler-reference.ts';
import { createFacts } from '../../model/read-facts.ts';
import { requireConfig } from '../../model/require-facts.ts';
import { type BatchQueue, createBatchQueue } from '../pool/batch-queue.ts';
import type { Job } from '../pool/job.ts';
import { createPool, type Pool } from '../pool/pool.ts';
import { createSequenceQueue } from '../pool/sequence-queue.ts';
import type { RunFolder } from '../process/run-folder.ts';
import { type Candidate, plainManner, ranksOf, type WorkerKind } from '../process/worker-kind.ts';
import { startWorker } from '../process/worker-process.ts';
import type { LoadRequest } from '../protocol/messages.ts';
import { readFingerprint } from './fingerprint.ts';
import { noWorkerError } from './in-flight-requests.ts';
import type { Model } from './model.ts';
import { type ModelIdentity, readIdentity } from './model-identity.ts';
import { type ModelSettings, resolveSettings } from './model-settings.ts';
import type { RegisterRequest } from './register-request.ts';
import type { Registry, Reservation } from './registry.ts';
import type { ServiceOptions } from './service-options.ts';

export interface Registrar {
  readonly options: ServiceOptions;
  readonly registry: Registry;
  readonly runFolder: RunFolder;
  nextWorkerId(): string;
  /** Fails queued requests when no worker is left. */
  failQueued(model: Model): void;
}

/** A model without workers, not in the registry yet. */
export interface Prepared<R extends Reservation> {
  readonly model: Model;
  readonly reservation: R;
}

/** Identify → admit → choose the worker kind → reserve the name → extract → configure. No worker is started yet. */
export async function prepareModel<R extends Reservation>(
  registrar: Registrar,
  request: RegisterRequest,
  reserve: (identity: ModelIdentity) => R,
): Promise<Prepared<R>> {
  const { options, runFolder } = registrar;
  // Before the first read, so that a change during the read is noticed.
  const fingerprint = await readFingerprint(request.path);
  const tree = await openArchive(request.path);
  try {
    const facts = createFacts(tree);
    const identity = await identify(facts, request, options);
    await options.admit(request.path);
    const config = await requireConfig(facts);
    const candidate = await toCandidate(facts, identity);
    const kind = await chooseKind(options.kinds, candidate, request.path);
    const reservation = reserve(identity);
    const folder = runFolder.newModelFolder();
    try {
      await extractTree(tree, folder);
      const configured = options.configured(identity.name, identity.version);
      const written = config === undefined ? {} : readSettings(config);
      if (config !== undefined) warnOfInert(config, identity.name, kind, options);
      const settings = {
        ...resolveSettings(request, written, configured, options.defaults),
        ...request.restored,
        ...(kind.takesManner ? {} : plainManner),
      };
      const onLine = (line: string) => options.log({ kind: 'line', message: `[${identity.name}] ${line}` });
      await refuseChanged(request.path, fingerprint);
      await kind.prepare?.({ model: identity.name, folder, candidate, onLine });
      const model = createModel(registrar, { request, fingerprint, identity, kind, candidate, folder, settings });
      return { model, reservation };
    } catch (error) {
      reservation.release();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  } finally {
    await tree.close();
  }
}

/** Once for a model, when it is registered. */
function warnOfInert(config: ModelConfig, model: string, kind: WorkerKind, { log }: ServiceOptions): void {
  const inert = findInertKeys(config, kind.takesManner ? 'Python' : 'Node');
  if (inert.length === 0) return;
  const parts = inert.map(({ name, reason }) => `${name} (${reason})`);
  log({ kind: 'warning', message: `Settings of ${model} that have no effect here: ${parts.join('; ')}.` });
}

/** The validated and the extracted archive must be the same: each step opens it by name. */
async function refuseChanged(path: string, fingerprint: string | undefined): Promise<void> {
  if ((await readFingerprint(path)) !== fingerprint) throw new ToolError('ARCHIVE_CHANGED', { path });
}

/** The runtime of a request beats that of the configuration, which beats the manifest's. */
async function identify(facts: ModelFacts, request: RegisterRequest, options: ServiceOptions): Promise<ModelIdentity> {
  const identity = await readIdentity(facts, request, options.defaultHandler);
  const { runtimeType } = options.configured(identity.name, identity.version);
  if (request.runtime !== undefined || runtimeType === undefined) return identity;
  return { ...identity, runtime: runtimeType, manifest: { ...identity.manifest, runtime: runtimeType } };
}

async function toCandidate(facts: ModelFacts, { manifest }: ModelIdentity): Promise<Candidate> {
  const members = new Set((await facts.members()).keys());
  return { manifest, handler: detectHandler(manifest, members) };
}

/** The first kind that can run it. Later ones are not asked: asking may start a program. */
async function chooseKind(kinds: readonly WorkerKind[], candidate: Candidate, path: string): Promise<WorkerKind> {
  const refusals: string[] = [];
  for (const kind of kinds) {
    const refusal = await kind.refuse(candidate);
    if (refusal === undefined) return kind;
    refusals.push(refusal);
  }
  throw new ToolError('MODEL_UNSERVABLE', { path, reason: refusals.join('; ') });
}

interface ModelParts {
  readonly request: RegisterRequest;
  readonly fingerprint: string | undefined;
  readonly identity: ModelIdentity;
  readonly kind: WorkerKind;
  readonly candidate: Candidate;
  readonly folder: string;
  readonly settings: ModelSettings;
}

function createModel(registrar: Registrar, parts: ModelParts): Model {
  const { request, fingerprint, identity, folder, settings } = parts;
  const queue = createQueue(registrar, settings, () => noWorkerError(model));
  const model: Model = {
    name: identity.name,
    version: identity.version,
    request,
    fingerprint,
    runtime: identity.runtime,
    manifest: identity.manifest,
    url: request.url,
    folder,
    settings,
    queue,
    loadedAtStartup: request.loadedAtStartup ?? false,
    fetchedFile: request.fetched === true ? request.path : undefined,
    pool: createModelPool(registrar, parts, queue, () => registrar.failQueued(model)),
    workers: { min: settings.minWorkers, max: settings.maxWorkers },
    scaledTo: undefined,
  };
  return model;
}

/** With job tickets nothing is queued: a request is taken by an idle worker, or refused. */
function createQueue(
  { options: { clock } }: Registrar,
  { batchSize, maxBatchDelay: maxDelayMs, jobQueueSize, useJobTicket, sequences }: ModelSettings,
  toError: () => ToolError,
): BatchQueue<Job> {
  const policy = { batchSize, maxDelayMs, capacity: useJobTicket ? 0 : jobQueueSize };
  if (sequences === undefined) return createBatchQueue<Job>(policy, clock, (job) => job.unbatched);
  return createSequenceQueue<Job>({
    policy: {
      ...policy,
      sequences: sequences.most,
      sequenceCapacity: sequences.jobQueueSize,
      maxIdleMs: sequences.maxIdle,
      timeoutMs: sequences.timeout,
    },
    clock,
    markOf: ({ sequence }) => sequence,
    onLost: (jobs) => {
      for (const job of jobs) job.fail(toError());
    },
  });
}

function createModelPool(
  registrar: Registrar,
  parts: ModelParts,
  queue: Model['queue'],
  onExhausted: () => void,
): Pool {
  const { options, runFolder, nextWorkerId } = registrar;
  const { kind, candidate, folder, settings, identity } = parts;
  const { name, version } = identity;
  const indexOf = createWorkerIndexes();
  return createPool({
    queue,
    clock: options.clock,
    backOffMs: options.backOffMs,
    nextId: nextWorkerId,
    responseTimeoutMs: settings.responseTimeout * 1000,
    continuousBatchSize: settings.continuousBatching ? continuousBatchSize(settings) : undefined,
    isSideBySide: settings.asyncCommunication,
    retryWindowMs: settings.maxRetryTimeoutInSec * 1000,
    onDeath: (id, error) =>
      options.log({ kind: 'warning', message: `Worker ${id} of ${name} ended. ${error.message}` }),
    onExhausted,
    async start(id, signal) {
      const startedAt = options.clock.now();
      const ranks = ranksOf(settings);
      const address = await runFolder.addressFor(id, ranks.count);
      const devices = devicesOf(settings, options, indexOf(id));
      const place = { address, modelPath: folder, candidate, manner: settings, name: `${name}_${id}` };
      const worker = await startWorker({
        launch: await kind.launch({ ...place, devices: settings.parallel && devices }),
        address,
        ranks,
        answersAsDone: settings.asyncCommunication,
        load: toLoadRequest(parts, options, devices?.[0] ?? -1),
        startupTimeoutMs: settings.startupTimeout * 1000,
        limits: { valueBytes: options.limits.responseBytes },
        guard: runFolder.guard,
        onLine: (text, stream) => options.onWorkerLine({ model: name, version, worker: id, stream, text }),
        onMetric: (text, stream) => options.onMetric({ model: name, version, worker: id, stream, text }),
        signal,
      });
      // If each request runs alone, waiting for a batch to fill is useless.
      queue.setBatchSize(worker.batching?.joined === false ? 1 : settings.batchSize);
      const milliseconds = options.clock.now() - startedAt;
      options.onWorkerLoaded({ worker: id, model: name, version, milliseconds });
      return worker;
    },
  });
}

/** TorchServe's: beside a stream of each sequence there is room for a request that ends it. */
function continuousBatchSize({ batchSize, sequences }: ModelSettings): number {
  return sequences === undefined ? batchSize : 2 * batchSize;
}

/** Numbers the workers of one model from 0; a restarted worker keeps its number. */
function createWorkerIndexes(): (workerId: string) => number {
  const indexes = new Map<string, number>();
  return (id) => {
    const index = indexes.get(id) ?? indexes.size;
    indexes.set(id, index);
    return index;
  };
}

/** Devices are dealt to workers round-robin, as in TorchServe: one to each, or as many as its processes. Undefined on the CPU. */
function devicesOf(
  { deviceType, deviceIds, parallel }: ModelSettings,
  { defaults }: ServiceOptions,
  index: number,
): readonly number[] | undefined {
  if (deviceType !== 'gpu') return undefined;
  const each = parallel?.level ?? 1;
  // How many there are is not known without number_of_gpu.
  const count = Math.max(each, defaults.gpus ?? 1);
  const all = deviceIds.length > 0 ? deviceIds : Array.from({ length: count }, (_, id) => id);
  return Array.from({ length: each }, (_, rank) => all[(index * each + rank) % all.length] ?? 0);
}

function toLoadRequest(
  { identity, folder, settings }: ModelParts,
  options: ServiceOptions,
  gpuId: number,
): LoadRequest {
  return {
    kind: 'load',
    modelName: identity.name,
    modelPath: folder,
    batchSize: settings.batchSize,
    handler: identity.handler,
    gpuId,
    envelope: options.envelope,
    limitMaxImagePixels: options.limitImagePixels,
  };
}
