/** What happens to models between their registration and their end; the service is its door. */
import { rm } from 'node:fs/promises';
import { describeError, ToolError } from '../../core/errors.ts';
import { createRunFolder } from '../process/run-folder.ts';
import { createIntake, type Intake, noWorker } from './intake.ts';
import type { Model, WorkerCounts } from './model.ts';
import type { RegisterRequest } from './register-request.ts';
import { prepareModel, type Registrar } from './registration.ts';
import { createRegistry } from './registry.ts';
import type { ServiceOptions } from './service-options.ts';

/** What lives as long as the service. */
export interface Core extends Registrar {
  readonly intake: Intake;
  /** Registrations that are not through yet. */
  readonly underWay: Set<Promise<unknown>>;
  /** Models with workers that are not in the registry: not yet, or no more. */
  readonly apart: Set<Model>;
  closing: boolean;
}

export async function createCore(options: ServiceOptions): Promise<Core> {
  const { clock, observe, limits } = options;
  const intake = createIntake({ clock, observe, inFlightBytes: limits.inFlightBytes });
  return {
    options,
    registry: createRegistry(),
    runFolder: await createRunFolder(),
    nextWorkerId: createWorkerIds(options.firstWorkerId),
    giveUp: (model) => intake.failWaiting(model, () => noWorker(model)),
    intake,
    underWay: new Set(),
    apart: new Set(),
    closing: false,
  };
}

export function refuseWhenClosing({ closing }: Core): void {
  if (closing) throw new ToolError('SERVER_CLOSING', {});
}

export async function register(core: Core, request: RegisterRequest): Promise<Model> {
  const model = await whileUnderWay(core, () => registerOrForget(core, request));
  refuseWhenClosing(core);
  const { minWorkers: min, maxWorkers: max } = request.restored ?? {};
  if (min !== undefined && max !== undefined) model.scaledTo = { min, max };
  await scale(core, model, model.workers);
  return model;
}

/** A closing server waits for these: they have files half written. */
async function whileUnderWay<T>(core: Core, work: () => Promise<T>): Promise<T> {
  refuseWhenClosing(core);
  const working = work();
  core.underWay.add(working);
  return working.finally(() => core.underWay.delete(working));
}

/** An archive that was fetched for a registration does not outlive its failure; one that is restored was there before. */
async function registerOrForget(core: Core, request: RegisterRequest): Promise<Model> {
  try {
    const { model, claim } = await prepareModel(core, request, ({ name, version }) =>
      core.registry.reserve(name, version),
    );
    claim.commit(model);
    return model;
  } catch (error) {
    if (request.fetched === true && request.restored === undefined) await rm(request.path, { force: true });
    throw error;
  }
}

/**
 * Loads the archive of a model anew, beside the model; when all its workers are up it takes the place of the old one, which
 * answers what it has taken already. When anything fails the old one stays, untouched.
 */
export async function reload(core: Core, old: Model): Promise<Model> {
  const { model, claim } = await whileUnderWay(core, () =>
    prepareModel(core, { ...old.request, restored: undefined }, ({ name, version }) => {
      if (name !== old.name) throw new ToolError('MODEL_RENAMED', { model: old.name, found: name });
      return core.registry.succeed(old, version);
    }),
  );
  core.apart.add(model);
  try {
    model.scaledTo = old.scaledTo;
    await scale(core, model, old.scaledTo ?? model.workers);
    refuseWhenClosing(core);
    if (!claim.commit(model)) throw new ToolError('MODEL_NOT_FOUND', { model: old.name });
  } catch (error) {
    claim.release();
    await discard(core, model, () => noWorker(model));
    throw error;
  } finally {
    core.apart.delete(model);
  }
  // The new one serves already; the old one has its own time to finish.
  retire(core, old).catch((error) => core.options.log({ kind: 'warning', message: describeError(error) }));
  return model;
}

/** Nothing new comes to a model that is out of the registry; what it has taken already is answered first. */
export async function unregister(core: Core, name: string, version: string | undefined): Promise<void> {
  const model = core.registry.remove(name, version);
  const isFinished = await retire(core, model);
  if (model.fetchedFile !== undefined) await rm(model.fetchedFile, { force: true });
  if (!isFinished) throw new ToolError('UNREGISTER_TIMEOUT', { model: name });
}

/** Whether all that a model had taken was answered in time. */
async function retire(core: Core, model: Model): Promise<boolean> {
  const { intake, options, apart } = core;
  apart.add(model);
  const isFinished = await intake.idle(options.limits.unregisterTimeout * 1000, model);
  await discard(core, model, () => noWorker(model));
  apart.delete(model);
  return isFinished;
}

export async function close(core: Core, graceMs: number): Promise<void> {
  core.closing = true;
  await Promise.all([core.intake.idle(graceMs), Promise.allSettled(core.underWay)]);
  const models = [...core.registry.all(), ...core.apart];
  await Promise.all(models.map((model) => discard(core, model, () => new ToolError('SERVER_CLOSING', {}))));
  await core.runFolder.remove();
}

/** What still waits fails, what still runs is ended. */
async function discard({ intake }: Core, model: Model, toError: () => ToolError): Promise<void> {
  intake.failWaiting(model, toError);
  await model.pool.close(0);
  // A worker that was ended gives back what it had not begun.
  intake.failWaiting(model, toError);
  await rm(model.folder, { recursive: true, force: true });
}

/** When new workers cannot start, those that ran before go on; the new ones would only fail again and again. */
export async function scale({ giveUp }: Core, model: Model, workers: WorkerCounts): Promise<void> {
  const before = model.pool.size;
  model.workers = workers;
  const [failure] = await model.pool.scale(workers.min);
  if (failure !== undefined) {
    await model.pool.scale(before);
    model.workers = { min: before, max: before };
  }
  if (model.pool.size === 0) giveUp(model);
  if (failure === undefined) return;
  const { name, version } = model;
  throw new ToolError('WORKERS_FAILED', { model: name, version, reason: failure.message }, { cause: failure });
}

/** Upstream's worker ids are ports; ours only look like them. */
function createWorkerIds(first: number): () => string {
  let next = first;
  return () => String(next++);
}
