/** What happens to models between their registration and their end; the service is its door. */
import { rm } from 'node:fs/promises';
import { ToolError } from '../core/errors.ts';
import { createIntake, type Intake, noWorker } from './intake.ts';
import type { Model, WorkerCounts } from './model.ts';
import { type RegisterRequest, type Registrar, registerModel } from './registration.ts';
import { createRegistry } from './registry.ts';
import { createRunFolder } from './run-folder.ts';
import type { ServiceOptions } from './service.ts';

/** What lives as long as the service. */
export interface Core extends Registrar {
  readonly intake: Intake;
  /** Registrations that are not through yet. */
  readonly underWay: Set<Promise<Model>>;
  closing: boolean;
}

export async function createCore(options: ServiceOptions): Promise<Core> {
  const { clock, observe, limits } = options;
  const intake = createIntake({ clock, observe, inFlightBytes: limits.inFlightBytes });
  return {
    options,
    registry: createRegistry(),
    runFolder: await createRunFolder(),
    nextWorkerId: createWorkerIds(),
    giveUp: (model) => intake.failWaiting(model, () => noWorker(model)),
    intake,
    underWay: new Set(),
    closing: false,
  };
}

export function refuseWhenClosing({ closing }: Core): void {
  if (closing) throw new ToolError('SERVER_CLOSING', {});
}

export async function register(core: Core, request: RegisterRequest): Promise<Model> {
  refuseWhenClosing(core);
  const registering = registerOrForget(core, request);
  core.underWay.add(registering);
  const model = await registering.finally(() => core.underWay.delete(registering));
  refuseWhenClosing(core);
  await scale(core, model, model.workers);
  return model;
}

/** An archive that was fetched for a registration does not outlive its failure. */
async function registerOrForget(core: Core, request: RegisterRequest): Promise<Model> {
  try {
    return await registerModel(core, request);
  } catch (error) {
    if (request.fetched === true) await rm(request.path, { force: true });
    throw error;
  }
}

/** Nothing new comes to a model that is out of the registry; what it has taken already is answered first. */
export async function unregister(core: Core, name: string, version: string | undefined): Promise<void> {
  const { registry, intake, options } = core;
  const model = registry.remove(name, version);
  const isFinished = await intake.idle(options.limits.unregisterTimeout * 1000, model);
  await discard(core, model, () => noWorker(model));
  if (model.fetchedFile !== undefined) await rm(model.fetchedFile, { force: true });
  if (!isFinished) throw new ToolError('UNREGISTER_TIMEOUT', { model: name });
}

export async function close(core: Core, graceMs: number): Promise<void> {
  core.closing = true;
  await Promise.all([core.intake.idle(graceMs), Promise.allSettled(core.underWay)]);
  const models = core.registry.all();
  await Promise.all(models.map((model) => discard(core, model, () => new ToolError('SERVER_CLOSING', {}))));
  await core.runFolder.remove();
}

/** What still waits fails, what still runs is ended. */
async function discard({ intake }: Core, model: Model, toError: () => ToolError): Promise<void> {
  intake.failWaiting(model, toError);
  await model.pool.close(0);
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
function createWorkerIds(): () => string {
  let last = 8999;
  return () => String(++last);
}
