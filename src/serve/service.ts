import type { PredictionCall } from './model/in-flight-requests.ts';
import { close, createCore, refuseWhenClosing, register, reload, scale, unregister } from './model/lifecycle.ts';
import { describeModel, type Model, type ModelDescription, type WorkerCounts } from './model/model.ts';
import { type ModelSummary, summarizeModel } from './model/model-summary.ts';
import type { RegisterRequest } from './model/register-request.ts';
import type { ServiceOptions } from './model/service-options.ts';
import type { Outcome } from './pool/job.ts';

export interface RegisteredModel {
  readonly model: Model;
  readonly isDefault: boolean;
}

/** Registered models and their workers: what HTTP, workflows and commands call. */
export interface Service {
  /** Resolves with the number of workers when they have loaded the model; if they cannot, nothing stays registered. */
  register(request: RegisterRequest): Promise<{ name: string; version: string; workers: number }>;
  predict(call: PredictionCall): Promise<Outcome>;
  /** Runs a request made of several predictions; a closing server lets it finish. */
  compose<T>(run: (predict: (call: PredictionCall) => Promise<Outcome>) => Promise<T>): Promise<T>;
  /** Default versions by name. */
  list(): { name: string; url: string }[];
  /** Default versions. */
  summaries(): Promise<ModelSummary[]>;
  summary(name: string, version: string | undefined): Promise<ModelSummary>;
  /** One version, the default one, or with "all" each. */
  describe(name: string, version: string | undefined): ModelDescription[];
  /** The handler's own description; `id` names the request. */
  customize(name: string, version: string | undefined, id: string): Promise<unknown>;
  /** Resolves when every worker is up or down; rejects with WORKERS_FAILED. */
  scale(name: string, version: string | undefined, workers: WorkerCounts): Promise<void>;
  setDefault(name: string, version: string): Promise<void>;
  unregister(name: string, version: string | undefined): Promise<void>;
  /** Hot swap: replaces a version by what its archive holds now, without a failed request. Rejects and changes nothing if that cannot be loaded. */
  reload(name: string, version: string): Promise<{ version: string; workers: number }>;
  /** Every version, nodes of workflows too. */
  registered(): readonly RegisteredModel[];
  /** Whether every default version has all its workers, or is restarting them. */
  readonly healthy: boolean;
  /** Whether requests can be answered now: not closing, and a worker up for every model that should have one. */
  readonly ready: boolean;
  /** Takes no new requests, lets those in flight finish within the grace period, leaves no process and no file. */
  close(graceMs: number): Promise<void>;
}

export async function createService(options: ServiceOptions): Promise<Service> {
  const core = await createCore(options);
  const { registry, inFlight } = core;
  const submit = async (call: PredictionCall) => inFlight.submit(registry.get(call.model, call.version), call, false);
  // After a failure too: a version that did not start may have been seen by a snapshot.
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
      const release = inFlight.keepAlive();
      try {
        return await run(submit);
      } finally {
        release();
      }
    },
    // A function of a workflow has no archive of its own and is not listed, as in TorchServe (contract 3.4).
    list: () => registry.defaults().flatMap(({ name, url }) => (url === '' ? [] : [{ name, url }])),
    summaries: () => Promise.all(registry.defaults().map(summarizeModel)),
    summary: async (name, version) => summarizeModel(registry.get(name, version)),
    describe: (name, version) =>
      (version === 'all' ? registry.versions(name) : [registry.get(name, version)]).map(describeModel),
    async customize(name, version, id) {
      const request = { id, headers: [['describe', 'True'] as const], parameters: [] };
      const outcome = await inFlight.submit(registry.get(name, version), { model: name, version, request }, true);
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

/** A description that is no JSON object becomes an empty one (contract 3.4). */
function toObject(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
