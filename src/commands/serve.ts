import { resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { describeError } from '../core/errors.ts';
import { type Listeners, openListeners } from '../serve/http/listen.ts';
import type { KeyRing } from '../serve/key-ring.ts';
import type { ArchivePlaces } from '../serve/locate-archive.ts';
import { createMetrics } from '../serve/metrics.ts';
import type { ServerConfig } from '../serve/server-config.ts';
import type { Service } from '../serve/service.ts';
import { createSystemMetrics } from '../serve/system-metrics.ts';
import { createModelService } from './model-service.ts';
import { parseOptions } from './parse-options.ts';
import { openAccess } from './serve-access.ts';
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
  if (ignored.length > 0)
    context.log({
      kind: 'warning',
      message: `Keys of the configuration that have no effect here: ${ignored.join(', ')}.`,
    });
  const places = toPlaces(config, context);
  const names = parsed.models.length > 0 ? parsed.models : splitList(config.load_models);
  const wanted = await listStartupModels({ archives: parsed.archives, models: names, places, cwd: context.cwd });
  const metrics = createMetrics(config.metrics_mode);
  const service = await createModelService({ config, ...parsed, threads: parsed.threads, metrics }, context);
  let keys: KeyRing | undefined;
  try {
    const models = await loadModels(service, wanted, parsed.workers, context);
    keys = await openAccess(config, parsed, addresses, context);
    const tools = {
      service,
      metrics,
      places,
      keys,
      keyForPing: parsed.tokenForPing,
      corsHeaders: toCorsHeaders(config),
      openInferenceProtocol: config.ts_open_inference_protocol,
      enableMetricsApi: config.enable_metrics_api,
      readSystem: config.disable_system_metrics ? undefined : createSystemMetrics(context.cwd),
      onAnswer: undefined,
      enableModelApi: config.enable_model_api,
      defaultWorkers: config.default_workers_per_model,
    };
    const listeners = await openListeners(tools, addresses, config.max_request_size);
    return createHandle({ service, listeners, models, keys, graceMs: parsed.grace * 1000 }, context.signal);
  } catch (error) {
    await service.close(0);
    await keys?.close();
    throw error;
  }
}

function toPlaces({ model_store, allowed_urls }: ServerConfig, { cwd }: Context): ArchivePlaces {
  return { modelStore: model_store === undefined ? undefined : resolve(cwd, model_store), allowedUrls: allowed_urls };
}

/** Models named on the command line replace those of the file, as upstream has it. */
function splitList(text: string | undefined): string[] {
  return (
    text
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? []
  );
}

function toCorsHeaders(config: ServerConfig): Record<string, string> {
  const headers = {
    'Access-Control-Allow-Origin': config.cors_allowed_origin,
    'Access-Control-Allow-Methods': config.cors_allowed_methods,
    'Access-Control-Allow-Headers': config.cors_allowed_headers,
  };
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
  );
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
    const { path, url, name, fetched } = model;
    return await service.register({
      path,
      url,
      fetched,
      modelName: name,
      initialWorkers: workers,
      loadedAtStartup: true,
    });
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
  readonly keys: KeyRing | undefined;
  readonly graceMs: number;
}

function createHandle({ service, listeners, models, keys, graceMs }: Running, signal: AbortSignal): ServeHandle {
  let closing: Promise<void> | undefined;
  let noteClosed: (outcome: Promise<void>) => void = () => {};
  const closed = new Promise<void>((resolveClosed) => {
    noteClosed = resolveClosed;
  });
  const close = () => {
    closing ??= Promise.all([listeners.close(), service.close(graceMs).finally(listeners.drop)])
      .finally(() => keys?.close())
      .then(() => {});
    noteClosed(closing);
    return closing;
  };
  if (signal.aborted) void close();
  else signal.addEventListener('abort', () => void close(), { once: true });
  return { urls: listeners.urls, models, closed, close };
}
