/** The message and hint of a code, from the values of its message. */
export type ErrorWords = Readonly<Record<string, (values: never) => { message: string; hint: string }>>;

/** The codes of serving and of its configuration: a part of the catalogue, with the same rules. */
export const servingErrors = {
  MODEL_NOT_FOUND: (v: { model: string }) => ({
    message: `Model not found: ${v.model}`,
    hint: 'List the registered models with: GET /models',
  }),
  MODEL_VERSION_NOT_FOUND: (v: { model: string; version: string }) => ({
    message: `Model version: ${v.version} does not exist for model: ${v.model}`,
    hint: 'List the versions with: GET /models/{model}/all',
  }),
  DEFAULT_VERSION_NOT_FOUND: (v: { model: string; version: string }) => ({
    message: `Model version ${v.version} does not exist for model ${v.model}`,
    hint: 'List the versions with: GET /models/{model}/all',
  }),
  ARCHIVE_NOT_IN_STORE: (v: { message: string }) => ({
    message: v.message,
    hint: 'Name the folder with --model-store, and an archive or a folder in it; mar serve also takes archives by their paths.',
  }),
  ARCHIVE_CHANGED: (v: { path: string }) => ({
    message: `${v.path} changed while it was read.`,
    hint: 'Register it again; move archives into the store by a rename, so that they are complete.',
  }),
  MODEL_ALREADY_REGISTERED: (v: { model: string; version: string }) => ({
    message: `Model version ${v.version} is already registered for model ${v.model}`,
    hint: 'Pack the archive with another --version, or unregister the model first.',
  }),
  MODEL_RENAMED: (v: { model: string; found: string }) => ({
    message: `The archive of ${v.model} now holds another model, ${v.found}.`,
    hint: 'Register it under its new name, or restore the old name.',
  }),
  DEFAULT_VERSION_KEPT: (v: { model: string }) => ({
    message: `Cannot remove default version for model ${v.model}`,
    hint: 'Make another version the default first.',
  }),
  MODEL_NO_WORKER: (v: { model: string; version?: string | undefined; queued: number }) => ({
    message:
      `Model "${v.model}" ${v.version === undefined ? '' : `Version ${v.version}" `}has no worker to serve inference request. ` +
      'Please use scale workers API to add workers. If this is a sequence inference, please check if it is closed, or expired; ' +
      'or exceeds maxSequenceJobQueueSize',
    hint: v.queued > 0 ? `The queue is full (${v.queued} requests wait); try again soon.` : 'Scale the model up.',
  }),
  ANSWER_NOT_V2: (v: { model: string }) => ({
    message: `The answer of the handler of ${v.model} does not follow the Open Inference Protocol.`,
    hint: 'Call Predictions of InferenceAPIsService, or start the server with --service-envelope kservev2.',
  }),
  MODEL_API_DISABLED: (_: Record<never, never>) => ({
    message: 'Model API disabled',
    hint: 'Start the server with --enable-model-api, or set enable_model_api=true.',
  }),
  MODEL_INVALID: (v: { message: string }) => ({
    message: v.message,
    hint: 'See every finding with: mar validate',
  }),
  MODEL_UNSERVABLE: (v: { path: string; reason: string }) => ({
    message: `${v.path} cannot be served here: ${v.reason}.`,
    hint: 'mar inspect shows what can run an archive.',
  }),
  REQUIREMENTS_FAILED: (v: { model: string; reason: string; output: readonly string[] }) => ({
    message: `Custom pip package installation failed for model ${v.model}. Cause: ${v.reason}.${v.output.length === 0 ? '' : `\nLast output:\n${v.output.join('\n')}`}`,
    hint: 'Correct the requirements file, or pack the files it names; without install_py_dep_per_model nothing is installed.',
  }),
  WORKERS_FAILED: (v: { model: string; version: string; reason: string }) => ({
    message: `Failed to start workers for model ${v.model} version: ${v.version}${v.reason === '' ? '' : `. ${v.reason}`}`,
    hint: 'Test the archive alone with: mar predict',
  }),
  MODEL_NOT_LOADED: (v: { archive: string; reason: string }) => ({
    message: `The model of ${v.archive} could not be loaded. ${v.reason}`,
    hint: 'mar validate checks the archive without running it.',
  }),
  WORKERS_TOO_MANY: (v: { wanted: number; most: number }) => ({
    message: `A model has at most ${v.most} workers; ${v.wanted} were requested.`,
    hint: 'Use as many workers as the machine has cores.',
  }),
  WORKER_DIED: (v: { reason: string; output: readonly string[] }) => ({
    message: `Worker died. ${v.reason}${v.output.length === 0 ? '' : `\nLast output:\n${v.output.join('\n')}`}`,
    hint: 'The worker is restarted; other requests are not affected.',
  }),
  WORKER_OUT_OF_MEMORY: (v: { reason: string }) => ({
    message: `Out of resources. ${v.reason}`,
    hint: 'Give the worker more memory, or send smaller batches.',
  }),
  WORKER_PROTOCOL: (v: { problem: string }) => ({
    message: `The worker protocol was violated: ${v.problem}.`,
    hint: 'A program that is not a worker answered, or the worker was stopped within a message.',
  }),
  RESPONSE_TOO_LARGE: (v: { bytes: number }) => ({
    message: `The answer has ${v.bytes} bytes, more than max_response_size.`,
    hint: 'Set max_response_size in config.properties to at least that size, or let the handler answer with less.',
  }),
  REQUEST_INVALID: (v: { message: string }) => ({
    message: v.message,
    hint: 'OPTIONS / of this address describes every route and its parameters.',
  }),
  REQUEST_TOO_LARGE: (v: { limit: number }) => ({
    message: `The request body is larger than ${v.limit} bytes; raise max_request_size to accept it.`,
    hint: 'Set max_request_size in config.properties.',
  }),
  ROUTE_NOT_FOUND: (_: Record<never, never>) => ({
    message: 'Requested resource is not found, please refer to API document.',
    hint: 'Check the path and the port: inference and management have one each.',
  }),
  METHOD_NOT_ALLOWED: (_: Record<never, never>) => ({
    message: 'Requested method is not allowed, please refer to API document.',
    hint: 'Check the method, and whether the model API is enabled.',
  }),
  MODEL_FILE_EXISTS: (v: { file: string }) => ({
    message: `Model file already exists ${v.file}`,
    hint: 'Register it by its name, or remove it from the model store first.',
  }),
  DOWNLOAD_FAILED: (v: { url: string; reason: string }) => ({
    message: `Failed to download archive from: ${v.url}`,
    hint: `What happened: ${v.reason}.`,
  }),
  TOKEN_REFUSED: (v: { step: 'Authorization' | 'Authentication' }) => ({
    message: `Token ${v.step} failed. Token either incorrect, expired, or not provided correctly`,
    hint: 'Send "Authorization: Bearer KEY" with the key of this port; the keys are in key_file.json.',
  }),
  HOST_REFUSED: (v: { host: string }) => ({
    message: `The request is for ${JSON.stringify(v.host)}, but this server only accepts loopback names (localhost, 127.0.0.1).`,
    hint: 'If the name is yours, start the server with --allowed-hosts NAME.',
  }),
  ORIGIN_REFUSED: (v: { origin: string | undefined }) => ({
    message: `Pages of ${v.origin ?? 'another origin'} may not change or run anything on this server.`,
    hint: 'If the page is yours, start the server with --cors-origin ORIGIN.',
  }),
  KEY_FILE_INVALID: (v: { path: string; reason: string }) => ({
    message: `${v.path} cannot be used for keys: ${v.reason}.`,
    hint: 'Expected {"management": {"key": …}, "inference": {"key": …}, "API": {"key": …}}, as in key_file.json.',
  }),
  WORKFLOW_NOT_FOUND: (v: { workflow: string }) => ({
    message: `Workflow not found: ${v.workflow}`,
    hint: 'List the registered workflows with: GET /workflows',
  }),
  WORKFLOW_NOT_IN_STORE: (v: { url: string; reason: string }) => ({
    message: `Workflow not found in workflow store: ${v.url}`,
    hint: `Name an archive of the workflow store (${v.reason}).`,
  }),
  WORKFLOW_ALREADY_REGISTERED: (v: { workflow: string }) => ({
    message: `Workflow ${v.workflow} is already registered.`,
    hint: 'Unregister it first, or register this one under another workflow_name.',
  }),
  WORKFLOW_INVALID: (v: { message: string; detail?: string | undefined }) => ({
    message: v.detail === undefined ? v.message : `${v.message} ${v.detail}`,
    hint: 'See every finding with: mar validate',
  }),
  WORKFLOW_GRAPH_INVALID: (v: { message: string; detail?: string | undefined }) => ({
    message: v.detail === undefined ? v.message : `${v.message}: ${v.detail}`,
    hint: 'See the graph with: mar inspect',
  }),
  WORKFLOW_FAILED: (v: { workflow: string; failures: readonly string[] }) => ({
    message: `Workflow ${v.workflow} has failed to register. Failures: [${v.failures.join(', ')}]`,
    hint: 'No node of it stays registered. Test the archive of the failing node with: mar predict',
  }),
  WORKFLOW_NODE_FAILED: (v: { node: string; attempts: number; reason: string }) => ({
    message: `Error executing ${v.node}. ${v.attempts === 1 ? 'Tried once' : `Tried ${v.attempts} times; the last time`}: ${v.reason}`,
    hint: 'The node can be called as the model ‹workflow›__‹node›; its log lines start with that name.',
  }),
  WORKFLOW_NODE_SLOW: (v: { node: string; timeoutMs: number }) => ({
    message: `The node ${v.node} did not answer within ${v.timeoutMs} ms.`,
    hint: 'Raise timeout-ms in the specification, or give the node more workers.',
  }),
  WORKFLOW_ANSWER_INVALID: (v: { node: string }) => ({
    message: `The answer of ${v.node} is not JSON, but the answers of several last nodes are joined into one JSON object.`,
    hint: 'Let the node answer with JSON, or add a node that joins the answers.',
  }),
  WORKFLOW_KEPT: (v: { workflow: string }) => ({
    message: `The workflow ${v.workflow} is not reloaded while it is served.`,
    hint: 'Unregister and register it over HTTP, or start the server again.',
  }),
  UNREGISTER_TIMEOUT: (v: { model: string }) => ({
    message: `Timed out while cleaning resources: ${v.model}`,
    hint: 'It is unregistered; requests that were not finished within unregister_model_timeout were aborted.',
  }),
  REQUEST_EXPIRED: (v: { milliseconds: number }) => ({
    message: `The request waited longer than ${v.milliseconds} ms.`,
    hint: 'Scale the model up, or raise clientTimeoutInMills in its model-config.yaml.',
  }),
  SERVER_CLOSING: (_: Record<never, never>) => ({
    message: 'The server is shutting down.',
    hint: 'Try again on another instance.',
  }),
  LISTEN_FAILED: (v: { address: string; reason: string }) => ({
    message: `Cannot listen on ${v.address}: ${v.reason}.`,
    hint: 'Choose another port, or 0 for a free one.',
  }),
  TLS_IDENTITY_INVALID: (v: { path: string; problem: string; hint: string }) => ({
    message: `${v.path} cannot be used for TLS: it is ${v.problem}.`,
    hint: v.hint,
  }),
  SNAPSHOT_NOT_RESTORED: (v: { path: string; problem: string }) => ({
    message: `The snapshot ${v.path} cannot be restored: ${v.problem.replace(/\.$/, '')}.`,
    hint: 'Fix the problem, start without snapshots with --ncs, or remove the snapshot.',
  }),
  PROPERTIES_INVALID: (v: { path: string; problem: string }) => ({
    message: `${v.path}: ${v.problem}.`,
    hint: "Keys and forms are those of TorchServe's config.properties.",
  }),
} as const satisfies ErrorWords;
