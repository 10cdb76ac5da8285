import { basename, resolve } from 'node:path';
import { type Context, createContext } from '../../core/context.ts';
import { describeError } from '../../core/errors.ts';
import { isSecure } from '../../serve/config/address.ts';
import { configuredSettings, type ServerConfig } from '../../serve/config/server-config.ts';
import { formatAnswered } from '../../serve/http/exchange/access-log.ts';
import type { RouteTools } from '../../serve/http/exchange/route.ts';
import { openListeners } from '../../serve/http/listen.ts';
import type { KeyRing } from '../../serve/key-ring.ts';
import type { LogFiles } from '../../serve/logs/log-files.ts';
import type { CustomMetricOptions } from '../../serve/metrics/custom-metrics.ts';
import { createMetrics } from '../../serve/metrics/metrics.ts';
import { readMetricsConfig } from '../../serve/metrics/metrics-config.ts';
import { createSystemMetrics } from '../../serve/metrics/system-metrics.ts';
import { locateArchive } from '../../serve/model/locate-archive.ts';
import { monotonicClock } from '../../serve/pool/clock.ts';
import type { Service } from '../../serve/service.ts';
import type { SnapshotWriter } from '../../serve/snapshot/snapshot-writer.ts';
import { createWorkflowService, type WorkflowService } from '../../serve/workflow/workflow-service.ts';
import { createAdmission } from '../admission/admission.ts';
import { createModelService, readSequenceHeaders, toLogEvent } from '../model-service.ts';
import { parseOptions } from '../parse-options.ts';
import { openAccess } from './access.ts';
import type { RestoredSnapshot } from './config-files.ts';
import { warnOfIgnored } from './config-notices.ts';
import { type AllListeners, joinGrpc, openGrpc, readGrpcPlaces } from './grpc.ts';
import { loadModels, loadWorkflows, type ServedModel } from './load-startup.ts';
import { logToFiles, type MetricLogging, openLogs, openMetricLog, toldTogether } from './log-files.ts';
import {
  type ParsedServeOptions,
  readAddresses,
  readServeConfig,
  type ServeOptions,
  serveOptionsSchema,
} from './options.ts';
import { restoreServed } from './restore-served.ts';
import { noteRestored, openSnapshots } from './snapshots.ts';
import { openTls } from './tls.ts';
import { listWanted, namedModels, openPlaces, type Places, type Wanted } from './wanted-archives.ts';
import { openWatchedStore, type WatchedStore, watchServed } from './watch.ts';

export type { ServedModel } from './load-startup.ts';
export type { ServeOptions } from './options.ts';

/** A running server; {@link close} or the context's signal ends it. */
export interface ServeHandle {
  /** What makes curl trust the inference address, where nobody else vouches for its certificate. */
  readonly curlFlags: readonly string[];
  readonly urls: { readonly inference: string; readonly management: string; readonly metrics: string };
  /** Where gRPC listens, as `host:port`; undefined where nobody asked for it. */
  readonly grpc: { readonly inference: string; readonly management: string } | undefined;
  readonly models: readonly ServedModel[];
  /** Names of the workflows; their nodes are not in `models`. */
  readonly workflows: readonly string[];
  /** Resolves when no listener, process or temporary file is left. */
  readonly closed: Promise<void>;
  /** Stops accepting, lets in-flight requests finish within the grace period, then ends everything. */
  close(): Promise<void>;
}

/** Validates and loads every model and workflow, then listens: a server that is up can answer. */
export async function serve(options: ServeOptions, caller: Context = createContext()): Promise<ServeHandle> {
  const parsed = parseOptions(serveOptionsSchema, options, 'serve');
  const logs = await openLogs(parsed, caller);
  try {
    return await serveLogged(parsed, logs, caller);
  } catch (error) {
    logs?.error(describeError(error));
    await logs?.close();
    throw error;
  }
}

async function serveLogged(
  parsed: ParsedServeOptions,
  logs: LogFiles | undefined,
  caller: Context,
): Promise<ServeHandle> {
  const context = logToFiles(caller, logs);
  const effective = await readServeConfig(parsed, context);
  const { values: config, restored } = effective;
  const addresses = readAddresses(config);
  const grpcPlaces = readGrpcPlaces(config, parsed);
  const allAddresses = [...Object.values(addresses), ...Object.values(grpcPlaces ?? {}).map(({ address }) => address)];
  warnOfIgnored(parsed, effective.ignored, context);
  const places = await openPlaces(config, context);
  const store = await openStore(parsed, config, places);
  const wanted = restored ?? (await listWanted(parsed, config, places, context));
  const tls = await openTls(config, allAddresses, context);
  const customs = await readCustomMetrics(config, context);
  const metricLog = openMetricLog(logs, customs, effective, context);
  const metrics = toldTogether(createMetrics(config.metrics_mode, customs), metricLog?.log);
  let snapshots: SnapshotWriter | undefined;
  const onChange = async () => snapshots?.noteChange();
  const service = await createModelService(
    {
      ...{ config, ...parsed, threads: parsed.threads, metrics, onChange },
      everyMeasurement: metricLog !== undefined,
      onWorkerLine(line) {
        caller.log(toLogEvent(line));
        logs?.worker(line);
      },
    },
    context,
  );
  const workflows = createWorkflowService({
    service,
    locateModel: (url) => locateArchive(url, places.places),
    admit: createAdmission(parsed.skipValidation),
    clock: monotonicClock,
    onChange,
  });
  let keys: KeyRing | undefined;
  // No requests yet: no grace period.
  const stopLoading = () => void service.close(0);
  context.signal.addEventListener('abort', stopLoading, { once: true });
  try {
    if (restored !== undefined) noteRestored(restored, parsed, effective, context);
    const loaded = await load(wanted, { service, workflows, places, config, workers: parsed.workers }, context);
    context.signal.throwIfAborted();
    keys = await openAccess(config, parsed, allAddresses, context);
    const curlFlags = isSecure(addresses.inference) ? (tls?.curlFlags ?? []) : [];
    const tools = {
      // The playground runs on other machines too, where the certificate has another path.
      curlFlags: curlFlags.map((flag) => basename(flag)),
      service,
      workflows,
      metrics,
      ...places,
      keys,
      keyForPing: parsed.tokenForPing,
      corsHeaders: toCorsHeaders(config),
      corsOrigin: config.cors_allowed_origin,
      allowedHosts: parsed.allowedHosts?.split(',').map((name) => name.trim()) ?? [],
      openInferenceProtocol: config.ts_open_inference_protocol,
      enableMetricsApi: config.enable_metrics_api,
      readSystem: config.disable_system_metrics ? undefined : createSystemMetrics(context.cwd),
      onAnswer: toAccessLog(parsed, logs, caller),
      enableModelApi: config.enable_model_api,
      defaultWorkers: config.default_workers_per_model,
    };
    const limits = { maxRequestBytes: config.max_request_size, maxResponseBytes: config.max_response_size };
    const http = await openListeners(tools, addresses, { ...limits, tls: tls?.identity });
    const sequenceHeaders = readSequenceHeaders(config);
    const grpcTools = { ...tools, envelope: config.service_envelope, sequenceHeaders };
    const grpcOptions = { ...limits, tls: config.enable_grpc_ssl ? tls?.identity : undefined };
    const listeners = await joinGrpc(http, openGrpc(grpcTools, grpcPlaces, grpcOptions));
    const served = () => ({ models: service.registered(), workflows: workflows.registered() });
    snapshots = openSnapshots(parsed, effective, served, context);
    await snapshots?.begin();
    const watching = parsed.watch
      ? watchServed({ service, workflows, store, clock: monotonicClock }, context)
      : undefined;
    const running = {
      logs,
      metricLog,
      service,
      listeners,
      curlFlags,
      ...loaded,
      keys,
      snapshots,
      watching,
      graceMs: parsed.grace * 1000,
    };
    return createHandle(running, context.signal);
  } catch (error) {
    metricLog?.close();
    await service.close(0);
    await keys?.close();
    throw error;
  } finally {
    context.signal.removeEventListener('abort', stopLoading);
  }
}

interface Loader {
  readonly service: Service;
  readonly workflows: WorkflowService;
  readonly places: Places;
  readonly config: ServerConfig;
}

/** Loads the snapshot, or else the named archives. */
async function load(
  wanted: RestoredSnapshot | Wanted,
  { service, workflows, places, config, workers }: Loader & { readonly workers: number | undefined },
  context: Context,
): Promise<Pick<ServeHandle, 'models' | 'workflows'>> {
  if ('path' in wanted) return restoreServed(service, workflows, wanted, places, context);
  const isDefault = ({ name, version }: ServedModel) =>
    configuredSettings(config, name, version).defaultVersion === true;
  const models = await loadModels(service, wanted.models, workers, isDefault, context);
  return { models, workflows: await loadWorkflows(workflows, wanted.workflows, context) };
}

/** A store of which all is served is watched as a whole. */
async function openStore(
  parsed: ParsedServeOptions,
  config: ServerConfig,
  { places }: Places,
): Promise<WatchedStore | undefined> {
  const all = namedModels(parsed, config).some((name) => /^all$/i.test(name));
  return parsed.watch && all && places.modelStore !== undefined ? openWatchedStore(places.modelStore) : undefined;
}

async function readCustomMetrics(
  { metrics_config, model_metrics_auto_detect: autoDetect }: ServerConfig,
  { cwd }: Context,
): Promise<CustomMetricOptions> {
  const defined = metrics_config === undefined ? [] : await readMetricsConfig(resolve(cwd, metrics_config));
  return { defined, autoDetect };
}

function toAccessLog(
  { logFormat }: ParsedServeOptions,
  logs: LogFiles | undefined,
  { log, now }: Context,
): RouteTools['onAnswer'] {
  if (logFormat === 'none' && logs === undefined) return undefined;
  return (answered) => {
    if (logFormat !== 'none') log({ kind: 'line', message: formatAnswered(answered, logFormat, now()) });
    logs?.access(formatAnswered(answered, 'torchserve', now()));
  };
}

function toCorsHeaders(config: ServerConfig): Record<string, string> {
  const headers = {
    'access-control-allow-origin': config.cors_allowed_origin,
    'access-control-allow-methods': config.cors_allowed_methods,
    'access-control-allow-headers': config.cors_allowed_headers,
  };
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
  );
}

interface Running {
  readonly logs: LogFiles | undefined;
  readonly metricLog: MetricLogging | undefined;
  readonly service: Service;
  readonly listeners: AllListeners;
  readonly curlFlags: readonly string[];
  readonly models: readonly ServedModel[];
  readonly workflows: readonly string[];
  readonly keys: KeyRing | undefined;
  readonly snapshots: SnapshotWriter | undefined;
  readonly watching: { close(): void } | undefined;
  readonly graceMs: number;
}

function createHandle(
  { logs, metricLog, service, listeners, curlFlags, models, workflows, keys, snapshots, watching, graceMs }: Running,
  signal: AbortSignal,
): ServeHandle {
  let closing: Promise<void> | undefined;
  let noteClosed: (outcome: Promise<void>) => void = () => {};
  const closed = new Promise<void>((resolveClosed) => {
    noteClosed = resolveClosed;
  });
  const close = () => {
    watching?.close();
    metricLog?.close();
    closing ??= Promise.all([snapshots?.end(), listeners.close(), service.close(graceMs).finally(listeners.drop)])
      .finally(() => keys?.close())
      // The last lines are of workers that end.
      .finally(() => logs?.close())
      .then(() => {});
    noteClosed(closing);
    return closing;
  };
  if (signal.aborted) void close();
  else signal.addEventListener('abort', () => void close(), { once: true });
  const { urls, grpc } = listeners;
  return { urls, grpc, curlFlags, models, workflows, closed, close };
}
