import { resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { describeError } from '../core/errors.ts';
import { formatAddress, isLoopback } from '../serve/address.ts';
import { type Addresses, type Listeners, openListeners } from '../serve/http/listen.ts';
import { createMetrics } from '../serve/metrics.ts';
import type { Service } from '../serve/service.ts';
import { createModelService } from './model-service.ts';
import { parseOptions } from './parse-options.ts';
import { readAddresses, readServeConfig, type ServeOptions, serveOptionsSchema } from './serve-options.ts';
import { listStartupModels, type StartupModel } from './startup-models.ts';

export type { ServeOptions } from './serve-options.ts';

/** Archives loaded at a time: loading is one process each, and mostly waits for the disk. */
const LOADING_LANES = 4;

export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly workers: number;
}

/** A server that runs until it is closed, by {@link close} or by the context's signal. */
export interface ServeHandle {
  readonly urls: { readonly inference: string; readonly management: string; readonly metrics: string };
  readonly models: readonly ServedModel[];
  /** Resolves when nothing of the server is left: no listener, no process, no temporary file. */
  readonly closed: Promise<void>;
  /** Takes no new work, finishes what runs within the grace, then ends everything. */
  close(): Promise<void>;
}

/** Validates and loads every model, then listens: a server that is up can answer. */
export async function serve(options: ServeOptions, context: Context): Promise<ServeHandle> {
  const parsed = parseOptions(serveOptionsSchema, options, 'serve');
  const { values: config, ignored } = await readServeConfig(parsed, context);
  const addresses = readAddresses(config);
  noteConfig(ignored, addresses, context);
  const modelStore = config.model_store === undefined ? undefined : resolve(context.cwd, config.model_store);
  // Models named on the command line replace those of the file, as upstream has it.
  const names =
    parsed.models.length > 0
      ? parsed.models
      : (config.load_models
          ?.split(',')
          .map((name) => name.trim())
          .filter(Boolean) ?? []);
  const wanted = await listStartupModels({ archives: parsed.archives, models: names, modelStore, cwd: context.cwd });
  const metrics = createMetrics();
  const service = await createModelService(
    { config, ...parsed, threads: parsed.threads, observe: metrics.countPrediction },
    context,
  );
  try {
    const models = await loadModels(service, wanted, parsed.workers, context);
    const tools = {
      service,
      metrics,
      modelStore,
      enableModelApi: config.enable_model_api,
      defaultWorkers: config.default_workers_per_model,
    };
    const listeners = await openListeners(tools, addresses, config.max_request_size);
    return createHandle({ service, listeners, models, graceMs: parsed.grace * 1000 }, context.signal);
  } catch (error) {
    await service.close(0);
    throw error;
  }
}

function noteConfig(ignored: readonly string[], addresses: Addresses, { log }: Context): void {
  if (ignored.length > 0)
    log({ kind: 'warning', message: `Keys of the configuration that have no effect here: ${ignored.join(', ')}.` });
  const reachable = Object.values(addresses).filter((address) => !isLoopback(address));
  for (const address of new Set(reachable.map(formatAddress))) {
    log({
      kind: 'warning',
      message: `${address} can be reached from other machines, and nobody is asked for a key.`,
      hint: 'Put a proxy with authentication in front, or listen on 127.0.0.1.',
    });
  }
}

async function loadModels(
  service: Service,
  wanted: readonly StartupModel[],
  workers: number | undefined,
  context: Context,
): Promise<ServedModel[]> {
  const loaded: (ServedModel | undefined)[] = [];
  const queue = [...wanted.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, model] = next;
      context.signal.throwIfAborted();
      loaded[index] = await loadModel(service, model, workers, context);
    }
  };
  await Promise.all(Array.from({ length: LOADING_LANES }, lane));
  const models = loaded.filter((model) => model !== undefined);
  // Versions load side by side; the default is the first in the order they were named, not the first that was ready.
  for (const { name, version } of [...models].reverse()) service.setDefault(name, version);
  return models;
}

async function loadModel(
  service: Service,
  model: StartupModel,
  workers: number | undefined,
  { log }: Context,
): Promise<ServedModel | undefined> {
  try {
    const { path, url, name } = model;
    return await service.register({ path, url, modelName: name, initialWorkers: workers, loadedAtStartup: true });
  } catch (error) {
    if (!model.optional) throw error;
    log({ kind: 'warning', message: `${model.url} is not served: ${describeError(error)}` });
    return undefined;
  }
}

interface Running {
  readonly service: Service;
  readonly listeners: Listeners;
  readonly models: readonly ServedModel[];
  readonly graceMs: number;
}

function createHandle({ service, listeners, models, graceMs }: Running, signal: AbortSignal): ServeHandle {
  let closing: Promise<void> | undefined;
  let noteClosed: (outcome: Promise<void>) => void = () => {};
  const closed = new Promise<void>((resolveClosed) => {
    noteClosed = resolveClosed;
  });
  const close = () => {
    closing ??= Promise.all([listeners.close(), service.close(graceMs).finally(listeners.drop)]).then(() => {});
    noteClosed(closing);
    return closing;
  };
  if (signal.aborted) void close();
  else signal.addEventListener('abort', () => void close(), { once: true });
  return { urls: listeners.urls, models, closed, close };
}
