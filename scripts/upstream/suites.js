/**
 * Upstream's suites: which part of TorchServe each is about, and the archives of upstream's list that it asks for. Left out are files
 * that test no server (the archiver's Python class, single handlers without one) or need a GPU, packages of gigabytes or downloads
 * to start at all: cpp_backend, dali, dcgan, distributed, gpt_fast, intel and ipex, near_real_time_video, scriptable_tokenizer,
 * torchrec, torch_compile, torch_export, torch_xla, tp_llama, vllm, benchmark, profiler.
 */

const MINUTE_MS = 60_000;

/** Collections of upstream's driver (ts_scripts/api_utils.py), with the data that each runs over. */
const collections = [
  {
    name: 'management',
    data: 'management_data',
    archives: ['squeezenet1_1', 'mnist', 'densenet161', 'resnet-152-batch', 'resnet-18'],
  },
  {
    name: 'inference',
    data: 'inference_data',
    archives: ['squeezenet1_1', 'densenet161', 'alexnet', 'resnet-18', 'resnet-152-batch'],
  },
  { name: 'explanation', data: 'explanation_data', archives: ['mnist'] },
  { name: 'https', archives: ['mnist', 'densenet161'] },
  { name: 'inference_kf', data: 'kf_inference_data', archives: ['mnist'] },
  { name: 'https_kf', archives: ['mnist', 'densenet161'] },
  { name: 'inference_kfv2', data: 'kfv2_inference_data', archives: ['mnist'] },
  { name: 'https_kfv2', archives: ['mnist', 'densenet161'] },
];

/** Files of test/pytest: `token_authorization` is test_token_authorization.py. */
const files = [
  { name: 'token_authorization', archives: ['mnist'] },
  { name: 'model_control_mode', archives: ['mnist', 'resnet-18'] },
  { name: 'metrics', archives: ['mnist'], limitMinutes: 20 },
  { name: 'metrics_kf', archives: ['mnist'] },
  { name: 'snapshot', archives: ['densenet161', 'mnist'] },
  { name: 'example_stateful_sequence_batching_http', archives: [] },
  { name: 'example_stateful_sequence_continuous_batching_http', archives: [] },
  { name: 'continuous_batching', archives: [] },
  { name: 'async_worker_comm', archives: [] },
  { name: 'parallelism', archives: [] },
  { name: 'send_intermediate_prediction_response', archives: [] },
  { name: 'handler', archives: ['mnist'] },
  { name: 'handler_traceback_logging', archives: [] },
  { name: 'mnist_template', archives: ['mnist'] },
  { name: 'onnx', archives: [] },
  { name: 'url_path', archives: [] },
  { name: 'model_config', archives: [] },
  { name: 'device_config', archives: [] },
  { name: 'startup_timeout', archives: [] },
  { name: 'auto_recover', archives: [] },
  { name: 'model_custom_dependencies', archives: [] },
  { name: 'model_archiver', archives: ['resnet-18'] },
  { name: 'gRPC_inference_api', archives: ['squeezenet1_1', 'densenet161', 'mnist', 'resnet-18'] },
  {
    name: 'gRPC_management_apis',
    archives: ['squeezenet1_1', 'mnist', 'densenet161', 'resnet-152-batch', 'resnet-18'],
  },
  { name: 'gRPC_model_control', archives: ['densenet161'] },
  { name: 'gRPC_token_authorization', archives: ['densenet161'] },
  { name: 'gRPC_allowed_urls', archives: ['densenet161'] },
];

export const suites = [
  ...collections.map((suite) => ({ kind: 'newman', limitMs: 15 * MINUTE_MS, ...suite })),
  ...files.map(({ limitMinutes = 10, ...suite }) => ({ kind: 'pytest', limitMs: limitMinutes * MINUTE_MS, ...suite })),
].map((suite) => ({ ...suite, id: `${suite.kind}/${suite.name}` }));
