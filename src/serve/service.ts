import type { PredictionCall } from './model/intake.ts';
import { close, createCore, refuseWhenClosing, register, reload, scale, unregister } from './model/lifecycle.ts';
import { describeModel, type Model, type ModelDescription, type WorkerCounts } from './model/model.ts';
import type { RegisterRequest } from './model/register-request.ts';
import type { ServiceOptions } from './model/service-options.ts';
import { type ModelSketch, sketchModel } from './model/sketch.ts';
import type { Outcome } from './pool/job.ts';

export interface RegisteredModel {
  readonly model: Model;
  readonly isDefault: boolean;
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
  setDefault(name: string, version: string): Promise<void>;
  unregister(name: string, version: string | undefined): Promise<void>;
  /** Exchanges a version for what its archive holds by now, without a failed request; rejects, and it stays, when that is no good. */
  reload(name: string, version: string): Promise<{ version: string; workers: number }>;
  /** All that is registered, nodes of workflows too. */
  registered(): readonly RegisteredModel[];
  /** Whether every model's default version has the workers it should have, or is still trying. */
  readonly healthy: boolean;
  /** Whether requests can be answered now: not closing, and a worker up for every model that wants one. */
  readonly ready: boolean;
  /** Takes no new work, lets what is there finish within the grace, leaves no process and no file. */
  close(graceMs: number): Promise<void>;
}

export async function createService(options: ServiceOptions): Promise<Service> {
  const core = await createCore(options);
  const { registry, intake } = core;
  const submit = async (call: PredictionCall) => intake.submit(registry.get(call.model, call.version), call, false);
  // Also what fails can have changed something: a model whose workers do not start stays registered without any.
  const changing = <T>(work: Promise<T>): Promise<T> => work.finally(() => options.onChange());
  return {
    async register(request) {
      const { name, version, pool } = await changing(register(core, request));
      return { name, version, workers: pool.size };
    },
    async predict(call) {
      refuseWhenClosing(core);
      return submit(call);
    },
    async compose(run) {
      refuseWhenClosing(core);
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
      const request = { id, headers: [['describe', 'True'] as const], parameters: [] };
      const outcome = await intake.submit(registry.get(name, version), { model: name, version, request }, true);
      return outcome.kind === 'answered' ? toObject(outcome.prediction.body) : {};
    },
    async scale(name, version, workers) {
      const model = registry.get(name, version);
      await changing(scale(core, model, workers));
      model.scaledTo = workers;
    },
    async setDefault(name, version) {
      registry.setDefault(name, version);
      await options.onChange();
    },
    unregister: (name, version) => changing(unregister(core, name, version)),
    async reload(name, version) {
      const { version: now, pool } = await changing(reload(core, registry.get(name, version)));
      return { version: now, workers: pool.size };
    },
    registered: () =>
      registry.all().map((model) => ({ model, isDefault: registry.get(model.name).version === model.version })),
    get healthy() {
      return registry.defaults().every(({ pool, workers }) => pool.alive >= Math.min(workers.min, pool.size));
    },
    get ready() {
      return !core.closing && registry.defaults().every(({ pool, workers }) => workers.min === 0 || pool.hasReady);
    },
    close: (graceMs) => close(core, graceMs),
  };
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
