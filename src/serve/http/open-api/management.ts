import {
  badRequest,
  CONTRACT_VERSION,
  type Document,
  description,
  flag,
  inPath,
  inQuery,
  json,
  list,
  metrics,
  notFound,
  type Operation,
  object,
  oldDescription,
  type Parameter,
  type Paths,
  refused,
  status,
  text,
  unavailable,
  whole,
} from './parts.ts';

const modelName = inPath('model_name', 'Name of the model.');
const modelVersion = inPath('model_version', 'Version of the model.');
const synchronous = (byDefault: boolean) =>
  inQuery('synchronous', 'Answer when the work is done, not when it has begun.', {
    type: 'boolean',
    default: byDefault,
  });
const timeout = inQuery('timeout', 'Accepted and not used.', { type: 'integer', default: -1 });
const count = (name: string, text: string, byDefault: number) =>
  inQuery(name, text, { type: 'integer', default: byDefault });
const accepted = status('The work has begun; describe the model to see how it goes.');

const worker = object(
  {
    id: text('Never used again, over all models.'),
    startTime: text('ISO 8601, UTC.'),
    status: { type: 'string', description: 'Whether it answers.', enum: ['READY', 'UNLOADING'] },
    memoryUsage: whole('Resident bytes; 0 where they are not known.'),
    pid: whole('-1 where there is no process.'),
    gpu: flag('Whether it was given a GPU.'),
    gpuUsage: text('N/A'),
    provider: text('What runs the model, where the worker says it.'),
    batching: object({
      joined: flag('Whether requests share a run of the model.'),
      reason: text('What decided.'),
    }),
    lastError: text('Why it does not answer, with the last lines that it wrote.'),
  },
  ['provider', 'batching', 'lastError'],
);

const modelDescription = object(
  {
    modelName: text(),
    modelVersion: text(),
    modelUrl: text('What it was registered as.'),
    runtime: text('What the manifest asks for.'),
    minWorkers: whole(),
    maxWorkers: whole(),
    batchSize: whole('Requests answered together at most.'),
    maxBatchDelay: whole('Milliseconds a request waits for company.'),
    responseTimeout: whole('Seconds.'),
    startupTimeout: whole('Seconds.'),
    loadedAtStartup: flag(),
    workers: list(worker),
    jobQueueStatus: object({ remainingCapacity: whole(), pendingRequests: whole('Requests that wait.') }),
    customizedMetadata: { type: 'object', description: 'The handler’s own description.' },
  },
  ['customizedMetadata'],
);

const register: Operation = {
  description:
    'Registers an archive of the model store, or one of a URL that is allowed. Parameters may be the keys of a JSON body instead.',
  operationId: 'registerModel',
  parameters: [
    inQuery('url', 'File or folder of the model store, or a URL.', text(), true),
    inQuery('model_name', 'Instead of the manifest’s.', text()),
    inQuery('handler', 'Instead of the manifest’s.', text()),
    inQuery('runtime', 'Instead of the manifest’s.', { type: 'string', enum: ['python', 'python3', 'LSP', 'nodejs'] }),
    count('batch_size', 'Requests answered together at most.', 1),
    count('max_batch_delay', 'Milliseconds a request waits for company.', 100),
    count('response_timeout', 'Seconds a batch may take.', 120),
    count('startup_timeout', 'Seconds a worker may take to load the model.', 120),
    count('initial_workers', 'Workers to start; default_workers_per_model by default.', 1),
    synchronous(true),
    inQuery('s3_sse_kms', 'Accepted and not used.', { type: 'boolean', default: false }),
  ],
  responses: {
    200: status('Registered.'),
    202: accepted,
    400: badRequest,
    404: notFound,
    409: { ...refused, description: 'This version is registered already.' },
    default: refused,
  },
};

const listModels: Operation = {
  description: 'The registered models, by name.',
  operationId: 'listModels',
  parameters: [
    count('limit', 'Models of a page, 100 at most.', 100),
    inQuery('next_page_token', 'The nextPageToken of the page before.', text()),
  ],
  responses: {
    200: json(
      'A page of models.',
      object(
        { nextPageToken: text('There may be more.'), models: list(object({ modelName: text(), modelUrl: text() })) },
        ['nextPageToken'],
      ),
    ),
    default: refused,
  },
};

/** Operations of a model path, with and without a version. */
function operations(prefix: string, which: string, path: readonly Parameter[]): Record<string, Operation> {
  const failures = { 400: badRequest, 404: notFound, default: refused };
  return {
    get: {
      description: `Describes ${which} of a model; "all" as version means each.`,
      operationId: `${prefix}describeModel`,
      parameters: [...path, inQuery('customized', 'Ask the handler too.', { type: 'boolean', default: false })],
      responses: { 200: json('One element a version.', list(modelDescription)), 503: unavailable, ...failures },
    },
    put: {
      description: `Sets the number of workers of ${which} of a model.`,
      operationId: `${prefix}setAutoScale`,
      parameters: [
        ...path,
        count('min_worker', 'Workers to have.', 1),
        count('max_worker', 'Not less than min_worker.', 1),
        count('number_gpu', 'Accepted and not used.', 0),
        synchronous(false),
        timeout,
      ],
      responses: { 200: status('Workers are as wanted.'), 202: accepted, ...failures },
    },
    delete: {
      description: `Unregisters ${which} of a model.`,
      operationId: `${prefix}unregisterModel`,
      parameters: [...path, synchronous(false), timeout],
      responses: { 200: status('Unregistered.'), ...failures },
    },
  };
}

const modelPaths: Paths = {
  '/models/{model_name}': operations('', 'the default version', [modelName]),
  '/models/{model_name}/{model_version}': operations('version_', 'one version', [modelName, modelVersion]),
  '/models/{model_name}/{model_version}/set-default': {
    put: {
      description: 'Makes a version the one that answers where none is named.',
      operationId: 'setDefault',
      parameters: [modelName, modelVersion],
      responses: { 200: status('It is the default now.'), 404: notFound, default: refused },
    },
  },
};

export const managementPaths: Paths = {
  '/': { options: description },
  '/models': { get: listModels, post: register },
  ...modelPaths,
  '/api-description': { get: oldDescription },
  '/metrics': { get: metrics },
};

/** Answer to `OPTIONS` on a model path. */
export function describeModelManagement(name: string): Document {
  return {
    openapi: '3.0.1',
    info: { title: `RESTful Management API for: ${name}`, version: CONTRACT_VERSION },
    paths: modelPaths,
  };
}
