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
  inQuery('synchronous', 'Answer when the work is done, not when it starts.', {
    type: 'boolean',
    default: byDefault,
  });
const timeout = inQuery('timeout', 'Accepted and ignored.', { type: 'integer', default: -1 });
const count = (name: string, text: string, byDefault: number) =>
  inQuery(name, text, { type: 'integer', default: byDefault });
const accepted = status('The work has started; describe the model to see its state.');

const worker = object(
  {
    id: text('Unique over all models, never reused.'),
    startTime: text('ISO 8601, UTC.'),
    status: { type: 'string', description: 'Whether the worker is ready.', enum: ['READY', 'UNLOADING'] },
    memoryUsage: whole('Resident bytes; 0 if unknown.'),
    pid: whole('-1 without a process.'),
    gpu: flag('Whether a GPU is assigned.'),
    gpuUsage: text('N/A'),
    provider: text('Device that runs the model, if the worker reports it.'),
    batching: object({
      joined: flag('Whether requests are batched into one run of the model.'),
      reason: text('What decided.'),
    }),
    lastError: text('Why the worker does not answer, with its last output.'),
  },
  ['provider', 'batching', 'lastError'],
);

const modelDescription = object(
  {
    modelName: text(),
    modelVersion: text(),
    modelUrl: text('Name of the registered model.'),
    runtime: text('Runtime of the manifest.'),
    minWorkers: whole(),
    maxWorkers: whole(),
    batchSize: whole('Maximum number of requests in a batch.'),
    maxBatchDelay: whole('Maximum milliseconds a request waits for its batch.'),
    responseTimeout: whole('Seconds.'),
    startupTimeout: whole('Seconds.'),
    loadedAtStartup: flag(),
    workers: list(worker),
    jobQueueStatus: object({ remainingCapacity: whole(), pendingRequests: whole('Number of queued requests.') }),
    customizedMetadata: { type: 'object', description: 'The handler’s own description.' },
  },
  ['customizedMetadata'],
);

const register: Operation = {
  description:
    'Registers an archive of the model store, or of an allowed URL. Parameters may be the keys of a JSON body instead.',
  operationId: 'registerModel',
  parameters: [
    inQuery('url', 'File or folder of the model store, or a URL.', text(), true),
    inQuery('model_name', 'Overrides the manifest.', text()),
    inQuery('handler', 'Overrides the manifest.', text()),
    inQuery('runtime', 'Overrides the manifest.', { type: 'string', enum: ['python', 'python3', 'LSP', 'nodejs'] }),
    count('batch_size', 'Maximum number of requests in a batch.', 1),
    count('max_batch_delay', 'Maximum milliseconds a request waits for its batch.', 100),
    count('response_timeout', 'Seconds a batch may take.', 120),
    count('startup_timeout', 'Seconds a worker may take to load the model.', 120),
    count('initial_workers', 'Workers to start; default_workers_per_model by default.', 1),
    synchronous(true),
    inQuery('s3_sse_kms', 'Accepted and ignored.', { type: 'boolean', default: false }),
  ],
  responses: {
    200: status('Registered.'),
    202: accepted,
    400: badRequest,
    404: notFound,
    409: { ...refused, description: 'This version is already registered.' },
    default: refused,
  },
};

const listModels: Operation = {
  description: 'The registered models, by name.',
  operationId: 'listModels',
  parameters: [
    count('limit', 'Models per page, at most 100.', 100),
    inQuery('next_page_token', 'The nextPageToken of the previous page.', text()),
  ],
  responses: {
    200: json(
      'A page of models.',
      object(
        {
          nextPageToken: text('Present if there may be more.'),
          models: list(object({ modelName: text(), modelUrl: text() })),
        },
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
      parameters: [...path, inQuery('customized', 'Also ask the handler.', { type: 'boolean', default: false })],
      responses: { 200: json('One element for each version.', list(modelDescription)), 503: unavailable, ...failures },
    },
    put: {
      description: `Sets the number of workers of ${which} of a model.`,
      operationId: `${prefix}setAutoScale`,
      parameters: [
        ...path,
        count('min_worker', 'Number of workers.', 1),
        count('max_worker', 'At least min_worker.', 1),
        count('number_gpu', 'Accepted and ignored.', 0),
        synchronous(false),
        timeout,
      ],
      responses: { 200: status('The workers are started or stopped.'), 202: accepted, ...failures },
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
      description: 'Makes a version the default, which answers requests without a version.',
      operationId: 'setDefault',
      parameters: [modelName, modelVersion],
      responses: { 200: status('The version is now the default.'), 404: notFound, default: refused },
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
