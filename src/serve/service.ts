import { rm } from 'node:fs/promises';
import type { LogEvent } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';
import type { Clock } from './batch-queue.ts';
import { createIntake, noWorker, type PredictionCall } from './intake.ts';
import type { Outcome } from './job.ts';
import type { PredictionTimes, WorkerLoad } from './metrics.ts';
import { describeModel, type Model, type ModelDescription, type WorkerCounts } from './model.ts';
import type { ConfiguredSettings, DefaultSettings } from './model-settings.ts';
import { type RegisterRequest, registerModel } from './registration.ts';
import { createRegistry } from './registry.ts';
import { createRunFolder } from './run-folder.ts';
import { type ModelSketch, sketchModel } from './sketch.ts';
import type { WorkerKind } from './worker-kind.ts';

export interface ServiceOptions {
  /** In order of preference: the first that does not refuse a model runs it. */
  readonly kinds: readonly WorkerKind[];
  /** Throws for an archive that must not run. Passed in, so that this room knows nothing of rules. */
  admit(path: string): Promise<void>;
  readonly defaults: DefaultSettings;
  configured(name: string, version: string): ConfiguredSettings;
  /** Of archives whose manifest names none. */
  readonly defaultHandler: string | undefined;
  /** Name of the envelope that workers wrap requests in; empty for none. */
  readonly envelope: string;
  /** Whether workers refuse images of more pixels than their library thinks sane. */
  readonly limitImagePixels: boolean;
  readonly limits: ServiceLimits;
  readonly clock: Clock;
  backOffMs(failures: number): number;
  /** Told of every prediction that a worker answered. */
  observe(times: PredictionTimes): void;
  onWorkerLoaded(load: WorkerLoad): void;
  /** Told of every line of a worker that is a measurement. */
  onMetric(line: string): void;
  readonly log: (event: LogEvent) => void;
}

export interface ServiceLimits {
  /** Bytes of one answer's body. */
  readonly responseBytes: number;
  /** Bytes of all requests that wait or run. */
  readonly inFlightBytes: number;
  /** Seconds an unregistered model's workers get to finish. */
  readonly unregisterTimeout: number;
}

/** The single owner of everything that lives while models are served. */
export interface Service {
  /** Resolves when its workers have loaded it; the number of them. When they cannot, it stays registered without any. */
  register(request: RegisterRequest): Promise<{ name: string; version: string; workers: number }>;
  predict(call: PredictionCall): Promise<Outcome>;
  /** One request that needs several predictions: once begun it is let finish, also by a server that closes meanwhile. */
  compose<T>(run: (predict: (call: PredictionCall) => Promise<Outcome>) => Promise<T>): Promise<T>;
  /** Default versions by name. */
  list(): { name: string; url: string }[];
  /** Default versions, for a person who wants to try them. */
  sketch(): Promise<ModelSketch[]>;
  sketchOne(name: string, version: string | undefined): Promise<ModelSketch>;
  /** One version, the default one, or with "all" each. */
  describe(name: string, version: string | undefined): ModelDescription[];
  /** The handler's own description; `id` names the request. */
  customize(name: string, version: string | undefined, id: string): Promise<unknown>;
  /** Resolves when all are up or down; rejects with WORKERS_FAILED. */
  scale(name: string, version: string | undefined, workers: WorkerCounts): Promise<void>;
  setDefault(name: string, version: string): void;
  unregister(name: string, version: string | undefined): Promise<void>;
  /** Whether every model's default version has the workers it should have, or is still trying. */
  readonly healthy: boolean;
  /** Whether requests can be answered now: not closing, and a worker up for every model that wants one. */
  readonly ready: boolean;
  /** Takes no new work, lets what is there finish within the grace, leaves no process and no file. */
  close(graceMs: number): Promise<void>;
}

export async function createService(options: ServiceOptions): Promise<Service> {
  const registry = createRegistry();
  const runFolder = await createRunFolder();
  const intake = createIntake({
    clock: options.clock,
    inFlightBytes: options.limits.inFlightBytes,
    observe: options.observe,
  });
  const underWay = new Set<Promise<Model>>();
  let closing = false;
  const refuseWhenClosing = () => {
    if (closing) throw new ToolError('SERVER_CLOSING', {});
  };
  const giveUp = (model: Model) => intake.failWaiting(model, () => noWorker(model));
  const registrar = { options, registry, runFolder, nextWorkerId: createWorkerIds(), giveUp };

  const submit = async (call: PredictionCall) => intake.submit(registry.get(call.model, call.version), call, false);
  const scaleModel = (model: Model, workers: WorkerCounts) => scale(model, workers, () => giveUp(model));
  const discard = async (model: Model, graceMs: number, toError: () => ToolError) => {
    intake.failWaiting(model, toError);
    await model.pool.close(graceMs);
    await rm(model.folder, { recursive: true, force: true });
  };

  return {
    async register(request) {
      refuseWhenClosing();
      const registering = registerModel(registrar, request);
      underWay.add(registering);
      const model = await registering
        .catch(async (error: unknown) => {
          if (request.fetched === true) await rm(request.path, { force: true });
          throw error;
        })
        .finally(() => underWay.delete(registering));
      refuseWhenClosing();
      await scaleModel(model, model.workers);
      return { name: model.name, version: model.version, workers: model.pool.size };
    },
    async predict(call) {
      refuseWhenClosing();
      return submit(call);
    },
    async compose(run) {
      refuseWhenClosing();
      const release = intake.hold();
      try {
        return await run(submit);
      } finally {
        release();
      }
    },
    // A function of a workflow has no archive of its own, and is hidden as upstream hides it (contract 3.4).
    list: () => registry.defaults().flatMap(({ name, url }) => (url === '' ? [] : [{ name, url }])),
    sketch: () => Promise.all(registry.defaults().map(sketchModel)),
    sketchOne: async (name, version) => sketchModel(registry.get(name, version)),
    describe: (name, version) =>
      (version === 'all' ? registry.versions(name) : [registry.get(name, version)]).map(describeModel),
    async customize(name, version, id) {
      const model = registry.get(name, version);
      const request = { id, headers: [['describe', 'True'] as const], parameters: [] };
      const outcome = await intake.submit(model, { model: name, version, request }, true);
      return outcome.kind === 'answered' ? toObject(outcome.prediction.body) : {};
    },
    scale: (name, version, workers) => scaleModel(registry.get(name, version), workers),
    setDefault: registry.setDefault,
    async unregister(name, version) {
      // Nothing new comes to it from here on; what it has taken already is answered first.
      const model = registry.remove(name, version);
      const isFinished = await intake.idle(options.limits.unregisterTimeout * 1000, model);
      await discard(model, 0, () => noWorker(model));
      if (model.fetchedFile !== undefined) await rm(model.fetchedFile, { force: true });
      if (!isFinished) throw new ToolError('UNREGISTER_TIMEOUT', { model: name });
    },
    get healthy() {
      return registry.defaults().every(({ pool, workers }) => pool.alive >= Math.min(workers.min, pool.size));
    },
    get ready() {
      return !closing && registry.defaults().every(({ pool, workers }) => workers.min === 0 || pool.hasReady);
    },
    async close(graceMs) {
      closing = true;
      await Promise.all([intake.idle(graceMs), Promise.allSettled(underWay)]);
      const models = registry.all();
      await Promise.all(models.map((model) => discard(model, 0, () => new ToolError('SERVER_CLOSING', {}))));
      await runFolder.remove();
    },
  };
}

/** When new workers cannot start, those that ran before go on; the new ones would only fail again and again. */
async function scale(model: Model, workers: WorkerCounts, giveUp: () => void): Promise<void> {
  const before = model.pool.size;
  model.workers = workers;
  const [failure] = await model.pool.scale(workers.min);
  if (failure !== undefined) {
    await model.pool.scale(before);
    model.workers = { min: before, max: before };
  }
  if (model.pool.size === 0) giveUp();
  if (failure === undefined) return;
  const { name, version } = model;
  throw new ToolError('WORKERS_FAILED', { model: name, version, reason: failure.message }, { cause: failure });
}

/** Upstream's worker ids are ports; ours only look like them. */
function createWorkerIds(): () => string {
  let last = 8999;
  return () => String(++last);
}

/** A description that is no JSON object is shown as an empty one (contract 3.4). */
function toObject(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
