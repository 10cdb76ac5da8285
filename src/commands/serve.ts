import { resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { monotonicClock } from '../serve/batch-queue.ts';
import { formatAnswered } from '../serve/http/access-log.ts';
import { type Listeners, openListeners } from '../serve/http/listen.ts';
import type { RouteTools } from '../serve/http/route.ts';
import type { KeyRing } from '../serve/key-ring.ts';
import { type ArchivePlaces, locateArchive } from '../serve/locate-archive.ts';
import { createMetrics } from '../serve/metrics.ts';
import type { ServerConfig } from '../serve/server-config.ts';
import type { Service } from '../serve/service.ts';
import { createSystemMetrics } from '../serve/system-metrics.ts';
import { createWorkflowService } from '../serve/workflow/workflow-service.ts';
import { createAdmission } from './admission.ts';
import { loadModels, loadWorkflows, type ServedModel } from './load-startup.ts';
import { createModelService } from './model-service.ts';
import { parseOptions } from './parse-options.ts';
import { openAccess } from './serve-access.ts';
import {
  type ParsedServeOptions,
  readAddresses,
  readServeConfig,
  type ServeOptions,
  serveOptionsSchema,
} from './serve-options.ts';
import { isWorkflowArchive, listStartupArchives, type StartupArchive } from './startup-archives.ts';

export type { ServedModel } from './load-startup.ts';
export type { ServeOptions } from './serve-options.ts';

/** A server that runs until it is closed, by {@link close} or by the context's signal. */
export interface ServeHandle {
  readonly urls: { readonly inference: string; readonly management: string; readonly metrics: string };
  readonly models: readonly ServedModel[];
  /** Names of the workflows; their nodes are not among the models. */
  readonly workflows: readonly string[];
  /** Resolves when nothing of the server is left: no listener, no process, no temporary file. */
  readonly closed: Promise<void>;
  /** Takes no new work, finishes what runs within the grace, then ends everything. */
  close(): Promise<void>;
}

/** Validates and loads every model and workflow, then listens: a server that is up can answer. */
export async function serve(options: ServeOptions, context: Context): Promise<ServeHandle> {
  const parsed = parseOptions(serveOptionsSchema, options, 'serve');
  const { values: config, ignored } = await readServeConfig(parsed, context);
  const addresses = readAddresses(config);
  if (ignored.length > 0)
    context.log({
      kind: 'warning',
      message: `Keys of the configuration that have no effect here: ${ignored.join(', ')}.`,
    });
  const places = toPlaces(config, config.model_store, context);
  const workflowPlaces = toPlaces(config, config.workflow_store ?? config.model_store, context);
  const wanted = await listWanted(parsed, config, { places, workflowPlaces }, context);
  const metrics = createMetrics(config.metrics_mode);
  const service = await createModelService({ config, ...parsed, threads: parsed.threads, metrics }, context);
  const workflows = createWorkflowService({
    service,
    locateModel: (url) => locateArchive(url, places),
    admit: createAdmission(parsed.skipValidation),
    clock: monotonicClock,
  });
  let keys: KeyRing | undefined;
  try {
    const models = await loadModels(service, wanted.models, parsed.workers, context);
    const workflowNames = await loadWorkflows(workflows, wanted.workflows, context);
    keys = await openAccess(config, parsed, addresses, context);
    const tools = {
      service,
      workflows,
      metrics,
      places,
      workflowPlaces,
      keys,
      keyForPing: parsed.tokenForPing,
      corsHeaders: toCorsHeaders(config),
      openInferenceProtocol: config.ts_open_inference_protocol,
      enableMetricsApi: config.enable_metrics_api,
      readSystem: config.disable_system_metrics ? undefined : createSystemMetrics(context.cwd),
      onAnswer: toAccessLog(parsed, context),
      enableModelApi: config.enable_model_api,
      defaultWorkers: config.default_workers_per_model,
    };
    const listeners = await openListeners(tools, addresses, config.max_request_size);
    const running = { service, listeners, models, workflows: workflowNames, keys, graceMs: parsed.grace * 1000 };
    return createHandle(running, context.signal);
  } catch (error) {
    await service.close(0);
    await keys?.close();
    throw error;
  }
}

function toAccessLog({ logFormat }: ParsedServeOptions, { log, now }: Context): RouteTools['onAnswer'] {
  if (logFormat === 'none') return undefined;
  return (answered) => log({ kind: 'line', message: formatAnswered(answered, logFormat, now()) });
}

function toPlaces({ allowed_urls }: ServerConfig, store: string | undefined, { cwd }: Context): ArchivePlaces {
  return { modelStore: store === undefined ? undefined : resolve(cwd, store), allowedUrls: allowed_urls };
}

interface Wanted {
  readonly models: readonly StartupArchive[];
  readonly workflows: readonly StartupArchive[];
}

/** Models named on the command line replace those of the file, as upstream has it. A `.war` is a workflow wherever it is named. */
async function listWanted(
  { archives, models, workflows }: ParsedServeOptions,
  { load_models }: ServerConfig,
  { places, workflowPlaces }: Pick<RouteTools, 'places' | 'workflowPlaces'>,
  { cwd }: Context,
): Promise<Wanted> {
  const names = models.length > 0 ? models : splitList(load_models);
  const isModel = (name: string) => !isWorkflowArchive(name);
  return {
    models: await listStartupArchives({
      kind: 'model',
      archives: archives.filter(isModel),
      names: names.filter(isModel),
      places,
      cwd,
    }),
    workflows: await listStartupArchives({
      kind: 'workflow',
      archives: archives.filter(isWorkflowArchive),
      names: [...names.filter(isWorkflowArchive), ...workflows],
      places: workflowPlaces,
      cwd,
    }),
  };
}

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

interface Running {
  readonly service: Service;
  readonly listeners: Listeners;
  readonly models: readonly ServedModel[];
  readonly workflows: readonly string[];
  readonly keys: KeyRing | undefined;
  readonly graceMs: number;
}

function createHandle(
  { service, listeners, models, workflows, keys, graceMs }: Running,
  signal: AbortSignal,
): ServeHandle {
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
  return { urls: listeners.urls, models, workflows, closed, close };
}
