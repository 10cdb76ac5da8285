/**
 * Every code the tool can fail with, worded in one place. A code is permanent: never renamed, never reused.
 * Message: what happened and why, with the value seen and the value expected. Hint: the next step.
 * `src/core/errors.md` is the same table for people; a test keeps the two equal.
 */
export const errorCatalogue = {
  FILE_NOT_FOUND: (v: { what: string; path: string }) => ({
    message: `No ${v.what} at ${v.path}.`,
    hint: 'Check the spelling and the folder the command runs in.',
  }),
  NOT_A_FILE: (v: { what: string; path: string; found: string }) => ({
    message: `${v.path} is a ${v.found}; the ${v.what} must be a regular file.`,
    hint: 'Give the path of the file itself.',
  }),
  FILE_UNREADABLE: (v: { path: string; reason: string }) => ({
    message: `${v.path} cannot be read: ${v.reason}.`,
    hint: 'Check the permissions of the file and of its folders.',
  }),
  FILE_UNWRITABLE: (v: { path: string; reason: string }) => ({
    message: `${v.path} cannot be written: ${v.reason}.`,
    hint: 'Check permissions and free space of the target folder; nothing partial was left behind.',
  }),
  SOURCE_TRUNCATED: (v: { label: string; offset: number; wanted: number; found: number }) => ({
    message: `${v.label} ended early: ${v.wanted} bytes wanted at offset ${v.offset}, ${v.found} found.`,
    hint: 'The file is truncated or was changed while it was read; fetch or write it again.',
  }),
  HTTP_FAILED: (v: { url: string; reason: string }) => ({
    message: `${v.url} cannot be read: ${v.reason}.`,
    hint: 'Check the address, and that it needs no login in a browser; or download the file and give its path.',
  }),
  HTTP_NO_RANGES: (v: { url: string }) => ({
    message: `${v.url} is on a server that sends whole files only (no answer to a Range request).`,
    hint: 'Download the file and give its path.',
  }),
  MEMBER_NOT_FOUND: (v: { label: string; member: string }) => ({
    message: `${v.label} has no member named ${JSON.stringify(v.member)}.`,
    hint: 'List the members with: mar inspect --json',
  }),
  MEMBER_CORRUPT: (v: { member: string; reason: string }) => ({
    message: `The content of ${JSON.stringify(v.member)} is damaged: ${v.reason}.`,
    hint: 'Fetch or write the archive again; see every finding with: mar validate',
  }),
  INPUT_CHANGED: (v: { path: string; expected: number; found: string }) => ({
    message: `${v.path} changed while it was read: ${v.expected} bytes expected, ${v.found} found.`,
    hint: 'Run the command again when nothing writes to the file.',
  }),
  UNSAFE_NAME: (v: { name: string; reason: string }) => ({
    message: `The name ${JSON.stringify(v.name)} is not safe inside an archive: ${v.reason}.`,
    hint: 'Rename the file; archive names are relative, use "/" and no "..".',
  }),
  NOT_AN_ARCHIVE: (v: { path: string; found: string }) => ({
    message: `${v.path} is not a model archive: ${v.found}.`,
    hint: 'Expected a .mar (ZIP), a .tar.gz or an unpacked folder with MAR-INF/MANIFEST.json.',
  }),
  ARCHIVE_REFUSED: (v: { path: string; count: number; first: string }) => ({
    message: `${v.path} is refused: ${v.first}${v.count > 1 ? ` (and ${v.count - 1} more)` : ''}`,
    hint: 'See every finding with: mar validate',
  }),
  OUTPUT_EXISTS: (v: { path: string }) => ({
    message: `${v.path} already exists.`,
    hint: 'Choose another place, or overwrite it with --force.',
  }),
  EXPORT_PATH_NOT_FOLDER: (v: { path: string }) => ({
    message: `Given export-path ${v.path} is not a directory. Point to a valid export-path directory.`,
    hint: 'Give a folder; it is created when it does not exist.',
  }),
  INVALID_MODEL_NAME: (v: { name: string; pattern: string }) => ({
    message: `Model name contains special characters.\nThe allowed regular expression filter for model name is: ${v.pattern}`,
    hint: `Seen: ${JSON.stringify(v.name)}. Use letters, digits, "_", "-" and "."; begin with a letter or digit.`,
  }),
  INVALID_WORKFLOW_NAME: (v: { name: string; pattern: string }) => ({
    message: `Workflow name contains special characters.\nThe allowed regular expression filter for workflow name is: ${v.pattern}`,
    hint: `Seen: ${JSON.stringify(v.name)}. Use letters, digits, "_", "-" and "."; begin with a letter or digit.`,
  }),
  WORKFLOW_OUTPUT_EXISTS: (v: { path: string }) => ({
    message: `${v.path} already exists.\nPlease specify --force/-f option to overwrite the workflow archive output file.\nSee -h/--help for more details.`,
    hint: 'Choose another place, or overwrite it with --force.',
  }),
  PACK_CONFIG_INVALID: (v: { path: string; at: string; reason: string }) => ({
    message: `${v.path} is not a valid config: ${v.at}: ${v.reason}.`,
    hint: 'The keys are listed in schemas/pack-config.json and by: mar pack --help',
  }),
  VALIDATE_CONFIG_INVALID: (v: { path: string; at: string; reason: string }) => ({
    message: `${v.path} is no valid config of mar validate: ${v.at}: ${v.reason}.`,
    hint: 'The keys are listed in schemas/validate-config.json.',
  }),
  OPTION_MISSING: (v: { option: string; what: string }) => ({
    message: `${v.what} is not given.`,
    hint: `Give it with ${v.option}, or in mar.config.json.`,
  }),
  HANDLER_NOT_FOUND: (v: { handler: string; looked: string }) => ({
    message: `No handler at ${v.handler}: looked for ${v.looked}, and it is not the name of a built-in handler.`,
    hint: 'Give a .py, .ts or .js file, or a built-in name such as image_classifier.',
  }),
  LIMIT_EXCEEDED: (v: { what: string; found: number; limit: number; unit: string; option?: string }) => ({
    message: `${v.what}: ${v.found} ${v.unit}, more than the limit of ${v.limit} ${v.unit}.`,
    hint: v.option ? `Raise it with ${v.option} if you trust this input.` : 'The limit protects against hostile input.',
  }),
  INVALID_OPTION: (v: { option: string; found: string; expected: string }) => ({
    message: `${v.option}: expected ${v.expected}, got ${v.found}.`,
    hint: 'See --help.',
  }),
  HANDLER_NOT_BUNDLED: (v: { path: string; problems: string }) => ({
    message: `The handler ${v.path} cannot be made into one module: ${v.problems}`,
    hint: 'Fix the line named; the handler must compile on its own before it is packed.',
  }),
  HANDLER_NOT_SELF_CONTAINED: (v: { specifier: string; chain: string; reason: string }) => ({
    message: `The handler cannot be packed as one file: ${JSON.stringify(v.specifier)} ${v.reason}. Import chain: ${v.chain}.`,
    hint: 'An archive must run where nothing is installed: use a package written in JavaScript. Images are decoded by context.decodeImage, models are run by context.model.',
  }),
  PACKAGE_MISSING: (v: { package: string; purpose: string; install: string }) => ({
    message: `The optional package ${v.package} is not installed; it is needed to ${v.purpose}.`,
    hint: `Install it with: ${v.install}`,
  }),
  MODEL_REFUSED: (v: { path: string; reason: string }) => ({
    message: `onnxruntime refuses ${v.path}: ${v.reason.replace(/\.$/, '')}.`,
    hint: 'Check the file with: mar validate; a newer opset may need a newer onnxruntime-node.',
  }),
  HANDLER_INVALID: (v: { handler: string; reason: string }) => ({
    message: `The handler ${JSON.stringify(v.handler)} cannot be run: ${v.reason}.`,
    hint: 'Export an object of steps (preprocess, inference, postprocess) by default, as `handler`, or by the name after the colon.',
  }),
  HANDLER_UNSUPPORTED: (v: { handler: string; reason: string }) => ({
    message: `The handler ${JSON.stringify(v.handler)} is not one this worker can run: ${v.reason}.`,
    hint: 'A Node worker runs built-in handlers over ONNX and handlers written in TypeScript or JavaScript.',
  }),
  LABELS_INVALID: (v: { path: string; reason: string }) => ({
    message: `${v.path} is not a label map: ${v.reason}.`,
    hint: 'Expected an object from class index to name, like {"0": "cat", "1": "dog"}.',
  }),
  CONFIG_INVALID: (v: { path: string; reason: string }) => ({
    message: `${v.path} is not a usable model configuration: ${v.reason}.`,
    hint: 'Correct the file; it is YAML with one mapping at the top.',
  }),
  CANCELLED: (v: { what: string }) => ({
    message: `${v.what} was cancelled.`,
    hint: 'Nothing partial was left behind.',
  }),
  // Serving. Messages that TorchServe has are TorchServe's, word for word: clients match on them (contract 3).
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
    hint: 'Name an archive or a folder of the model store.',
  }),
  MODEL_ALREADY_REGISTERED: (v: { model: string; version: string }) => ({
    message: `Model version ${v.version} is already registered for model ${v.model}`,
    hint: 'Pack the archive with another --version, or unregister the model first.',
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
    hint: 'Correct the requirements file, or pack what it names; without install_py_dep_per_model it is not installed.',
  }),
  WORKERS_FAILED: (v: { model: string; version: string; reason: string }) => ({
    message: `Failed to start workers for model ${v.model} version: ${v.version}${v.reason === '' ? '' : `. ${v.reason}`}`,
    hint: 'Try the archive alone with: mar predict',
  }),
  WORKERS_TOO_MANY: (v: { wanted: number; most: number }) => ({
    message: `A model has at most ${v.most} workers; ${v.wanted} were asked for.`,
    hint: 'Ask for as many as the machine has cores.',
  }),
  WORKER_DIED: (v: { reason: string; output: readonly string[] }) => ({
    message: `Worker died. ${v.reason}${v.output.length === 0 ? '' : `\nLast output:\n${v.output.join('\n')}`}`,
    hint: 'The worker is restarted; the other requests are not touched.',
  }),
  WORKER_OUT_OF_MEMORY: (v: { reason: string }) => ({
    message: `Out of resources. ${v.reason}`,
    hint: 'Give the worker more memory, or send smaller batches.',
  }),
  WORKER_PROTOCOL: (v: { problem: string }) => ({
    message: `The worker protocol was violated: ${v.problem}.`,
    hint: 'Something else than a worker of this protocol answered, or it was stopped in the middle of a message.',
  }),
  REQUEST_INVALID: (v: { message: string }) => ({
    message: v.message,
    hint: 'See the API documentation in the README.',
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
    hint: 'Send "Authorization: Bearer KEY" with the key of this port; the keys stand in key_file.json.',
  }),
  KEY_FILE_INVALID: (v: { path: string; reason: string }) => ({
    message: `${v.path} holds no keys: ${v.reason}.`,
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
    hint: 'Unregister it first, or give this one another workflow_name.',
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
    hint: 'No node of it stays registered. Try the archive of the failing node alone with: mar predict',
  }),
  WORKFLOW_NODE_FAILED: (v: { node: string; attempts: number; reason: string }) => ({
    message: `Error executing ${v.node}. ${v.attempts === 1 ? 'Tried once' : `Tried ${v.attempts} times; the last time`}: ${v.reason}`,
    hint: 'The node can be asked alone as the model ‹workflow›__‹node›; its log lines begin with that name.',
  }),
  WORKFLOW_NODE_SLOW: (v: { node: string; timeoutMs: number }) => ({
    message: `The node ${v.node} did not answer within ${v.timeoutMs} ms.`,
    hint: 'Raise timeout-ms in the specification, or give the node more workers.',
  }),
  WORKFLOW_ANSWER_INVALID: (v: { node: string }) => ({
    message: `The answer of ${v.node} is not JSON, and the answers of several last nodes are given as one JSON object.`,
    hint: 'Let the node answer with JSON, or add a node that joins the answers.',
  }),
  UNREGISTER_TIMEOUT: (v: { model: string }) => ({
    message: `Timed out while cleaning resources: ${v.model}`,
    hint: 'It is unregistered; what it had not answered in time was ended. The time is unregister_model_timeout.',
  }),
  REQUEST_EXPIRED: (v: { milliseconds: number }) => ({
    message: `The request waited for longer than ${v.milliseconds} ms.`,
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
  PROPERTIES_INVALID: (v: { path: string; problem: string }) => ({
    message: `${v.path}: ${v.problem}.`,
    hint: "Keys and forms are those of TorchServe's config.properties.",
  }),
} as const satisfies Record<string, (values: never) => { message: string; hint: string }>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorValues<C extends ErrorCode> = Parameters<(typeof errorCatalogue)[C]>[0];

export function wordError<C extends ErrorCode>(code: C, values: ErrorValues<C>): { message: string; hint: string } {
  // The record's union of functions cannot be called with a generic value; the constructor's signature ties the two.
  return (errorCatalogue[code] as (v: ErrorValues<C>) => { message: string; hint: string })(values);
}
