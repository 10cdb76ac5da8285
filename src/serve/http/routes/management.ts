import { ToolError } from '../../../core/errors.ts';
import {
  describeModels,
  listModels,
  registerModel,
  type Started,
  scaleWorkers,
  setDefaultVersion,
  statusOf,
  unregisterModel,
} from '../../management/models.ts';
import { omitReason } from '../exchange/answer.ts';
import { fromSegment } from '../exchange/path.ts';
import { atLeast, readOptions, readPage, toInteger } from '../exchange/request-options.ts';
import type { Route, RouteCall, RouteHandler } from '../exchange/route.ts';

const list: RouteHandler = ({ tools, query }) => listModels(tools, readPage(query));

const describe: RouteHandler = async ({ tools, id, response, params, query }) => {
  const version = target(params);
  const described = await describeModels(tools, version, isCustomized(query) ? id : undefined);
  // As for predictions, a worker's answer has no reason phrase.
  if (isCustomized(query) && version.version !== 'all') omitReason(response);
  return described;
};

const register: RouteHandler = async (call) => {
  const { tools, response } = call;
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  const given = readOptions(call);
  const started = await registerModel(tools, {
    url: given('url'),
    runtime: given('runtime'),
    modelName: given('model_name'),
    handler: given('handler'),
    batchSize: atLeast(1, toInteger(given('batch_size'))),
    maxBatchDelay: atLeast(0, toInteger(given('max_batch_delay'))),
    initialWorkers: toInteger(given('initial_workers')),
    responseTimeout: atLeast(1, toInteger(given('response_timeout'))),
    startupTimeout: atLeast(1, toInteger(given('startup_timeout'))),
  });
  return answerStarted(response, started, given('synchronous') !== 'false');
};

const scale: RouteHandler = ({ tools, response, params, query }) => {
  const { model, version = query.get('model_version') ?? undefined } = target(params);
  const min = toInteger(query.get('min_worker')) ?? 1;
  const max = toInteger(query.get('max_worker')) ?? min;
  const started = scaleWorkers(tools, { model, version }, { min, max });
  return answerStarted(response, started, query.get('synchronous') === 'true');
};

const unregister: RouteHandler = async ({ tools, params }) => {
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  return { status: await unregisterModel(tools, target(params)) };
};

const setDefault: RouteHandler = async ({ tools, params }) => {
  const { model, version = '' } = target(params);
  return { status: await setDefaultVersion(tools, model, version) };
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

async function answerStarted(
  response: RouteCall['response'],
  started: Started,
  isAwaited: boolean,
): Promise<{ status: string }> {
  const status = await statusOf(started, isAwaited);
  if (!isAwaited) response.statusCode = 202;
  return { status };
}

function target(params: RouteCall['params']): { model: string; version: string | undefined } {
  const { model = '', version } = params;
  return { model: fromSegment(model), version: version === undefined ? undefined : fromSegment(version) };
}
