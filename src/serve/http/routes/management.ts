import { ToolError } from '../../../core/errors.ts';
import { runtimes } from '../../../core/manifest.ts';
import { locateArchive } from '../../locate-archive.ts';
import type { ModelDescription } from '../../model.ts';
import type { WorkerStatus } from '../../pool.ts';
import { fromSegment } from '../path.ts';
import type { Route, RouteCall, RouteHandler } from '../route.ts';

const MAX_PAGE = 100;

const list: RouteHandler = ({ tools, query }) => {
  const models = tools.service.list();
  const asked = toInteger(query.get('limit')) ?? MAX_PAGE;
  const limit = asked < 0 || asked > MAX_PAGE ? MAX_PAGE : asked;
  const start = Math.max(0, toInteger(query.get('next_page_token')) ?? 0);
  const end = start + limit;
  return {
    // Present also after an exactly full last page, as upstream has it.
    ...(end <= models.length ? { nextPageToken: String(end) } : {}),
    models: models.slice(start, end).map(({ name, url }) => ({ modelName: name, modelUrl: url })),
  };
};

const describe: RouteHandler = async ({ tools, request, params, query }) => {
  const { model, version } = target(params);
  const descriptions = tools.service.describe(model, version).map(toDescribeJson);
  const [only] = descriptions;
  if (query.get('customized') !== 'true' || version === 'all' || only === undefined) return descriptions;
  return [{ ...only, customizedMetadata: await tools.service.customize(model, version, request.id) }];
};

const register: RouteHandler = async (call) => {
  const { tools, reply } = call;
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  const given = readOptions(call);
  const url = given('url');
  if (url === undefined) throw new ToolError('REQUEST_INVALID', { message: 'Parameter url is required.' });
  const runtime = given('runtime');
  if (runtime !== undefined && !(runtimes as readonly string[]).includes(runtime)) {
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
  if (given('synchronous') === 'false') return accept(reply, registered);
  const { name, version, workers } = await registered;
  const more = workers === 0 ? '. Use scale workers API to add workers for the model.' : '';
  return { status: `Model "${name}" Version: ${version} registered with ${workers} initial workers${more}` };
};

const scale: RouteHandler = async ({ tools, reply, params, query }) => {
  const { model, version = query.get('model_version') ?? undefined } = target(params);
  const min = toInteger(query.get('min_worker')) ?? 1;
  const max = toInteger(query.get('max_worker')) ?? min;
  if (min < 0 || max < 0)
    throw new ToolError('REQUEST_INVALID', { message: 'min_worker and max_worker cannot be negative.' });
  if (max < min) throw new ToolError('REQUEST_INVALID', { message: 'max_worker cannot be less than min_worker.' });
  tools.service.describe(model, version);
  const scaled = tools.service.scale(model, version, { min, max });
  if (query.get('synchronous') !== 'true') return accept(reply, scaled);
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

const setDefault: RouteHandler = ({ tools, params }) => {
  const { model, version = '' } = target(params);
  tools.service.setDefault(model, version);
  return { status: `Default version successfully updated for model "${model}" to "${version}"` };
};

/** Upstream reads no version from a path of this length. */
const describeDefault: RouteHandler = (call) => describe({ ...call, params: { model: call.params.model ?? '' } });

export const managementRoutes: readonly Route[] = [
  { path: '/models', role: 'management', on: { GET: list, POST: register } },
  { path: '/models/:model', role: 'management', on: { GET: describe, PUT: scale, DELETE: unregister } },
  { path: '/models/:model/:version', role: 'management', on: { GET: describe, PUT: scale, DELETE: unregister } },
  { path: '/models/:model/:version/set-default', role: 'management', on: { GET: describeDefault, PUT: setDefault } },
];

/** The work goes on after the answer; how it ended shows in describe and in the log. */
function accept(reply: RouteCall['reply'], work: Promise<unknown>): unknown {
  work.catch(() => {});
  reply.code(202);
  return { status: 'Processing worker updates...' };
}

function target(params: RouteCall['params']): { model: string; version: string | undefined } {
  const { model = '', version } = params;
  return { model: fromSegment(model), version: version === undefined ? undefined : fromSegment(version) };
}

/** The query, or a JSON body with the same names instead of it (contract 3.4). An empty name counts as none but for url. */
function readOptions({ request, query }: RouteCall): (name: string) => string | undefined {
  const isJson = request.headers['content-type']?.split(';', 1)[0]?.trim() === 'application/json';
  const body = isJson && Buffer.isBuffer(request.body) ? parseObject(request.body) : undefined;
  return (name) => {
    const value = body === undefined ? query.get(name) : body[name];
    if (value === undefined || value === null) return undefined;
    const text = String(value);
    return text === '' && name !== 'url' ? undefined : text;
  };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new ToolError('REQUEST_INVALID', { message: 'Invalid JSON in the request body.' }, { cause });
  }
  throw new ToolError('REQUEST_INVALID', { message: 'Expected a JSON object in the request body.' });
}

/** Numbers that do not parse are as if not given (contract 3.4). */
function toInteger(text: string | null | undefined): number | undefined {
  return typeof text === 'string' && /^[+-]?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function atLeast(floor: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= floor ? value : undefined;
}

/** Keys and order of contract 3.4; what this server does not do has the value that says so. */
function toDescribeJson(model: ModelDescription): Record<string, unknown> {
  const { settings, workers, queued } = model;
  return {
    modelName: model.name,
    modelVersion: model.version,
    modelUrl: model.url,
    runtime: model.runtime,
    minWorkers: model.minWorkers,
    maxWorkers: model.maxWorkers,
    batchSize: settings.batchSize,
    maxBatchDelay: settings.maxBatchDelay,
    responseTimeout: settings.responseTimeout,
    startupTimeout: settings.startupTimeout,
    maxRetryTimeoutInSec: settings.maxRetryTimeoutInSec,
    clientTimeoutInMills: 0,
    parallelType: '',
    parallelLevel: 0,
    deviceType: settings.deviceType,
    ...(settings.deviceIds.length === 0 ? {} : { deviceIds: settings.deviceIds }),
    continuousBatching: false,
    useJobTicket: false,
    useVenv: false,
    stateful: false,
    sequenceMaxIdleMSec: 0,
    sequenceTimeoutMSec: 0,
    maxNumSequence: 0,
    maxSequenceJobQueueSize: 0,
    loadedAtStartup: model.loadedAtStartup,
    workers: workers.map((worker) => toWorkerJson(worker, settings.deviceType === 'gpu')),
    jobQueueStatus: { remainingCapacity: settings.jobQueueSize - queued, pendingRequests: queued },
  };
}

function toWorkerJson({ id, state, startedAt, pid, lastError }: WorkerStatus, gpu: boolean): Record<string, unknown> {
  const isUp = state === 'ready' || state === 'busy';
  return {
    id,
    startTime: (startedAt ?? new Date(0)).toISOString(),
    status: isUp ? 'READY' : 'UNLOADING',
    memoryUsage: 0,
    pid: pid ?? -1,
    gpu,
    gpuUsage: 'N/A',
    // Not in upstream's answer: why a worker is not up, with the last lines it wrote.
    ...(isUp || lastError === undefined ? {} : { lastError: lastError.message }),
  };
}
