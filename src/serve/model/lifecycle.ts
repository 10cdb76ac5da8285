/** Registering, scaling, reloading and unregistering models, and closing; `service.ts` is the public side. */
import { rm } from 'node:fs/promises';
import { describeError, ToolError } from '../../core/errors.ts';
import { createRunFolder } from '../process/run-folder.ts';
import { createInFlightRequests, type InFlightRequests, noWorkerError } from './in-flight-requests.ts';
import type { Model, WorkerCounts } from './model.ts';
import type { RegisterRequest } from './register-request.ts';
import { prepareModel, type Registrar } from './registration.ts';
import { createRegistry } from './registry.ts';
import type { ServiceOptions } from './service-options.ts';

/** State of a service. */
export interface Core extends Registrar {
  readonly inFlight: InFlightRequests;
  /** Registrations that have not finished. */
  readonly registering: Set<Promise<unknown>>;
  /** Replacements that start their workers; not in the registry yet. */
  readonly starting: Set<Model>;
  /** Models out of the registry that still answer. */
  readonly retiring: Set<Model>;
  closing: boolean;
}

export async function createCore(options: ServiceOptions): Promise<Core> {
  const { clock, observe, limits, sequenceHeaders } = options;
  const inFlight = createInFlightRequests({ clock, observe, sequenceHeaders, inFlightBytes: limits.inFlightBytes });
  return {
    options,
    registry: createRegistry(),
    runFolder: await createRunFolder(),
    nextWorkerId: createWorkerIds(options.firstWorkerId),
    failQueued: (model) => inFlight.failQueued(model, () => noWorkerError(model)),
    inFlight,
    registering: new Set(),
    starting: new Set(),
    retiring: new Set(),
    closing: false,
  };
}

export function refuseWhenClosing({ closing }: Core): void {
  if (closing) throw new ToolError('SERVER_CLOSING', {});
}

export async function register(core: Core, request: RegisterRequest): Promise<Model> {
  const model = await trackRegistration(core, () => prepareOrCleanUp(core, request));
  refuseWhenClosing(core);
  const { minWorkers: min, maxWorkers: max } = request.restored ?? {};
  if (min !== undefined && max !== undefined) model.scaledTo = { min, max };
  try {
    await scale(core, model, model.workers);
  } catch (error) {
    // A restored model was served before; its archive may load again after the next change.
    if (request.restored === undefined) await undoRegistration(core, model);
    throw error;
  }
  return model;
}

/** Leaves nothing of a model whose workers cannot start, unless it was unregistered or replaced meanwhile. */
async function undoRegistration(core: Core, model: Model): Promise<void> {
  if (!core.registry.withdraw(model)) return;
  core.retiring.add(model);
  await discard(core, model, () => noWorkerError(model));
  core.retiring.delete(model);
  if (model.fetchedFile !== undefined) await rm(model.fetchedFile, { force: true });
}

/** A closing server waits for these: they write files. */
async function trackRegistration<T>(core: Core, work: () => Promise<T>): Promise<T> {
  refuseWhenClosing(core);
  const working = work();
  core.registering.add(working);
  return working.finally(() => core.registering.delete(working));
}

/** Removes a fetched archive when its registration fails; a restored one was there before and stays. */
async function prepareOrCleanUp(core: Core, request: RegisterRequest): Promise<Model> {
  try {
    const { model, reservation } = await prepareModel(core, request, ({ name, version }) =>
      core.registry.reserve(name, version),
    );
    reservation.commit(model);
    return model;
  } catch (error) {
    if (request.fetched === true && request.restored === undefined) await rm(request.path, { force: true });
    throw error;
  }
}

/**
 * Hot swap: loads the archive anew beside the running model and, when all workers are up, replaces the old version, which
 * finishes its in-flight requests. On any failure the old version stays untouched.
 */
export async function reload(core: Core, old: Model): Promise<Model> {
  const { model, reservation } = await trackRegistration(core, () =>
    prepareModel(core, { ...old.request, restored: undefined }, ({ name, version }) => {
      if (name !== old.name) throw new ToolError('MODEL_RENAMED', { model: old.name, found: name });
      return core.registry.reserveReplacement(old, version);
    }),
  );
  core.starting.add(model);
  try {
    model.scaledTo = old.scaledTo;
    await scale(core, model, old.scaledTo ?? model.workers);
    refuseWhenClosing(core);
    if (!reservation.commit(model)) throw new ToolError('MODEL_NOT_FOUND', { model: old.name });
  } catch (error) {
    reservation.release();
    await discard(core, model, () => noWorkerError(model));
    throw error;
  } finally {
    core.starting.delete(model);
  }
  // Not awaited: the new version serves already.
  retire(core, old).catch((error) => core.options.log({ kind: 'warning', message: describeError(error) }));
  return model;
}

export async function unregister(core: Core, name: string, version: string | undefined): Promise<void> {
  const model = core.registry.remove(name, version);
  const isFinished = await retire(core, model);
  if (model.fetchedFile !== undefined) await rm(model.fetchedFile, { force: true });
  if (!isFinished) throw new ToolError('UNREGISTER_TIMEOUT', { model: name });
}

/** Lets in-flight requests finish, then discards the model. False when the time was over first. */
async function retire(core: Core, model: Model): Promise<boolean> {
  const { inFlight, options, retiring } = core;
  retiring.add(model);
  const isFinished = await inFlight.idle(options.limits.unregisterTimeout * 1000, model);
  await discard(core, model, () => noWorkerError(model));
  retiring.delete(model);
  return isFinished;
}

export async function close(core: Core, graceMs: number): Promise<void> {
  core.closing = true;
  await Promise.all([core.inFlight.idle(graceMs), Promise.allSettled(core.registering)]);
  const models = [...core.registry.all(), ...core.starting, ...core.retiring];
  await Promise.all(models.map((model) => discard(core, model, () => new ToolError('SERVER_CLOSING', {}))));
  await core.runFolder.remove();
}

/** Fails queued requests, ends the workers, removes the model's folder. */
async function discard({ inFlight }: Core, model: Model, toError: () => ToolError): Promise<void> {
  inFlight.failQueued(model, toError);
  await model.pool.close(0);
  // Again: an ended worker returns its prefetched batches to the queue.
  inFlight.failQueued(model, toError);
  await rm(model.folder, { recursive: true, force: true });
}

/** Rolls back when new workers cannot start: they would only fail again and again. */
export async function scale({ failQueued }: Core, model: Model, workers: WorkerCounts): Promise<void> {
  const before = model.pool.size;
  model.workers = workers;
  const [failure] = await model.pool.scale(workers.min);
  if (failure !== undefined) {
    await model.pool.scale(before);
    model.workers = { min: before, max: before };
  }
  if (model.pool.size === 0) failQueued(model);
  if (failure === undefined) return;
  const { name, version } = model;
  throw new ToolError('WORKERS_FAILED', { model: name, version, reason: failure.message }, { cause: failure });
}

/** TorchServe's worker ids are ports; ours only look like them. */
function createWorkerIds(first: number): () => string {
  let next = first;
  return () => String(next++);
}
