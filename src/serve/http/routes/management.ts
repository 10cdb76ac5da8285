import { ToolError } from '../../../core/errors.ts';
import { isRuntime } from '../../../model/documents/manifest.ts';
import { locateArchive } from '../../model/locate-archive.ts';
import type { ModelDescription } from '../../model/model.ts';
import { refuseTooMany } from '../../model/model-settings.ts';
import { isUp, type WorkerStatus } from '../../pool/pool.ts';
import { residentBytes } from '../../process/resident-memory.ts';
import { omitReason } from '../exchange/answer.ts';
import { fromSegment } from '../exchange/path.ts';
import { atLeast, readOptions, readPage, toInteger } from '../exchange/request-options.ts';
import type { Route, RouteCall, RouteHandler } from '../exchange/route.ts';

const list: RouteHandler = ({ tools, query }) => {
  const { items, next } = readPage(tools.service.list(), query);
  return { ...next, models: items.map(({ name, url }) => ({ modelName: name, modelUrl: url })) };
};

const describe: RouteHandler = async ({ tools, id, response, params, query }) => {
  const { model, version } = target(params);
  const descriptions = await Promise.all(tools.service.describe(model, version).map(toDescribeJson));
  const [only] = descriptions;
  if (!isCustomized(query) || version === 'all' || only === undefined) return descriptions;
  const customizedMetadata = await tools.service.customize(model, version, id);
  // As for predictions, a worker's answer has no reason phrase.
  omitReason(response);
  return [{ ...only, customizedMetadata }];
};

const register: RouteHandler = async (call) => {
  const { tools, response } = call;
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  const given = readOptions(call);
  const url = given('url');
  if (url === undefined) throw new ToolError('REQUEST_INVALID', { message: 'Parameter url is required.' });
  const runtime = given('runtime');
  if (runtime !== undefined && !isRuntime(runtime)) {
    throw new ToolError('REQUEST_INVALID', { message: `Invalid RuntimeType value: ${runtime}` });
  }
  const { path, fetched } = await locateArchive(url, tools.places);
  const registered = tools.service.register({
    path,
    url,
    fetched,
    runtime,
    modelName: given('model_name'),
    handler: given('handler'),
    batchSize: atLeast(1, toInteger(given('batch_size'))),
    maxBatchDelay: atLeast(0, toInteger(given('max_batch_delay'))),
    initialWorkers: toInteger(given('initial_workers')) ?? tools.defaultWorkers,
    responseTimeout: atLeast(1, toInteger(given('response_timeout'))),
    startupTimeout: atLeast(1, toInteger(given('startup_timeout'))),
  });
  if (given('synchronous') === 'false') return accept(response, registered);
  const { name, version, workers } = await registered;
  const more = workers === 0 ? '. Use scale workers API to add workers for the model.' : '';
  return { status: `Model "${name}" Version: ${version} registered with ${workers} initial workers${more}` };
};

const scale: RouteHandler = async ({ tools, response, params, query }) => {
  const { model, version = query.get('model_version') ?? undefined } = target(params);
  const min = toInteger(query.get('min_worker')) ?? 1;
  const max = toInteger(query.get('max_worker')) ?? min;
  if (min < 0 || max < 0)
    throw new ToolError('REQUEST_INVALID', { message: 'min_worker and max_worker cannot be negative.' });
  if (max < min) throw new ToolError('REQUEST_INVALID', { message: 'max_worker cannot be less than min_worker.' });
  refuseTooMany(min);
  tools.service.describe(model, version);
  const scaled = tools.service.scale(model, version, { min, max });
  if (query.get('synchronous') !== 'true') return accept(response, scaled);
  await scaled;
  return {
    status: `Workers scaled to ${min} for model: ${model}${version === undefined ? '' : `, version: ${version}`}`,
  };
};

const unregister: RouteHandler = async ({ tools, params }) => {
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  const { model, version } = target(params);
  await tools.service.unregister(model, version);
  return { status: `Model "${model}" unregistered` };
};

const setDefault: RouteHandler = async ({ tools, params }) => {
  const { model, version = '' } = target(params);
  await tools.service.setDefault(model, version);
  return { status: `Default version successfully updated for model "${model}" to "${version}"` };
};

/** The handler describes its model itself. */
function isCustomized(query: URLSearchParams): boolean {
  return query.get('customized') === 'true';
}

/** Upstream ignores a version in a path of this length. */
const describeDefault: RouteHandler = (call) => describe({ ...call, params: { model: call.params.model ?? '' } });

export const managementRoutes: readonly Route[] = [
  { path: '/models', role: 'management', on: { GET: list, POST: register } },
  {
    path: '/models/:model',
    role: 'management',
    runs: isCustomized,
    on: { GET: describe, PUT: scale, DELETE: unregister },
  },
  {
    path: '/models/:model/:version',
    role: 'management',
    runs: isCustomized,
    on: { GET: describe, PUT: scale, DELETE: unregister },
  },
  {
    path: '/models/:model/:version/set-default',
    role: 'management',
    runs: isCustomized,
    on: { GET: describeDefault, PUT: setDefault },
  },
];

/** Runs in the background after the response; describe and the log show the result. */
function accept(response: RouteCall['response'], work: Promise<unknown>): unknown {
  work.catch(() => {});
  response.statusCode = 202;
  return { status: 'Processing worker updates...' };
}

function target(params: RouteCall['params']): { model: string; version: string | undefined } {
  const { model = '', version } = params;
  return { model: fromSegment(model), version: version === undefined ? undefined : fromSegment(version) };
}

/** Keys and order of contract 3.4; unsupported features have the value that says so. */
async function toDescribeJson(model: ModelDescription): Promise<Record<string, unknown>> {
  const { settings, workers, queued } = model;
  const { sequences } = settings;
  return {
    modelName: model.name,
    modelVersion: model.version,
    // A function of a workflow has none.
    modelUrl: model.url === '' ? undefined : model.url,
    runtime: model.runtime,
    minWorkers: model.minWorkers,
    maxWorkers: model.maxWorkers,
    batchSize: settings.batchSize,
    maxBatchDelay: settings.maxBatchDelay,
    responseTimeout: settings.responseTimeout,
    startupTimeout: settings.startupTimeout,
    maxRetryTimeoutInSec: settings.maxRetryTimeoutInSec,
    clientTimeoutInMills: settings.clientTimeoutInMills,
    parallelType: '',
    parallelLevel: 0,
    deviceType: settings.deviceType,
    ...(settings.deviceIds.length === 0 ? {} : { deviceIds: settings.deviceIds }),
    continuousBatching: settings.continuousBatching,
    useJobTicket: settings.useJobTicket,
    useVenv: false,
    stateful: sequences !== undefined,
    sequenceMaxIdleMSec: sequences?.maxIdle ?? 0,
    sequenceTimeoutMSec: sequences?.timeout ?? 0,
    maxNumSequence: sequences?.most ?? 0,
    maxSequenceJobQueueSize: sequences?.jobQueueSize ?? 0,
    loadedAtStartup: model.loadedAtStartup,
    workers: await Promise.all(workers.map((worker) => toWorkerJson(worker, settings.deviceType === 'gpu'))),
    jobQueueStatus: { remainingCapacity: settings.jobQueueSize - queued, pendingRequests: queued },
  };
}

/** `asksForGpu` is used until the worker has reported its execution provider. */
async function toWorkerJson(
  { id, state, startedAt, pid, provider, batching, lastError }: WorkerStatus,
  asksForGpu: boolean,
): Promise<Record<string, unknown>> {
  return {
    id,
    startTime: (startedAt ?? new Date(0)).toISOString(),
    status: isUp(state) ? 'READY' : 'UNLOADING',
    memoryUsage: pid === undefined ? 0 : await residentBytes(pid),
    pid: pid ?? -1,
    gpu: provider === undefined ? asksForGpu : provider !== 'cpu',
    gpuUsage: 'N/A',
    // Ours; omitted for a CPU model on the CPU.
    ...(provider === undefined || (provider === 'cpu' && !asksForGpu) ? {} : { provider }),
    // Ours: whether requests share a run of the model, and why.
    ...(batching === undefined ? {} : { batching }),
    // Ours: why a worker is not up, with its last output.
    ...(isUp(state) || lastError === undefined ? {} : { lastError: lastError.message }),
  };
}
