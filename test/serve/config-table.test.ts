import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { showServeConfig } from '../../src/commands/serve/show-config.ts';
import { ignoredKeys } from '../../src/serve/config/ignored-keys.ts';
import { configKeys } from '../../src/serve/config/server-config.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';

/** Every key of TorchServe's config.properties that changes something here, with a value that is not its default. */
const obeyed: Readonly<Record<string, string>> = {
  inference_address: 'https://127.0.0.1:9443',
  management_address: 'unix:/tmp/m.sock',
  metrics_address: 'http://[::1]:9082',
  grpc_inference_address: '0.0.0.0',
  grpc_inference_port: '9070',
  grpc_management_address: '::1',
  grpc_management_port: '9071',
  grpc_inference_max_connection_age_ms: '60000',
  grpc_inference_max_connection_age_grace_ms: '1000',
  grpc_management_max_connection_age_ms: '70000',
  grpc_management_max_connection_age_grace_ms: '2000',
  enable_grpc_ssl: 'true',
  model_store: '/models',
  workflow_store: '/flows',
  load_models: 'a.mar,b=c.mar',
  models: '{"m": {"1.0": {"batchSize": 4, "runtimeType": "nodejs", "defaultVersion": true, "marName": "m.mar"}}}',
  model_snapshot: '{"name": "n", "modelCount": 0, "created": 0, "models": {}}',
  default_workers_per_model: '3',
  job_queue_size: '7',
  default_response_timeout: '5',
  default_startup_timeout: '6',
  unregister_model_timeout: '8',
  number_of_gpu: '2',
  initial_worker_port: '9500',
  max_request_size: '1000',
  max_response_size: '2000',
  limit_max_image_pixels: 'false',
  decode_input_request: 'false',
  default_service_handler: 'base_handler',
  service_envelope: 'json',
  install_py_dep_per_model: 'true',
  python: '/usr/bin/python3',
  allowed_urls: 'https://example\\\\.org/.*',
  use_env_allowed_urls: 'true',
  enable_metrics_api: 'false',
  metrics_mode: 'legacy',
  model_metrics_auto_detect: 'false',
  metrics_config: '/metrics.yaml',
  disable_system_metrics: 'true',
  metric_time_interval: '10',
  disable_token_authorization: 'true',
  token_expiration_min: '5',
  enable_model_api: 'true',
  enable_envvars_config: 'true',
  keystore: '/keystore.p12',
  keystore_pass: 'secret',
  keystore_type: 'JKS',
  private_key_file: '/server.key',
  certificate_file: '/server.pem',
  cors_allowed_origin: '*',
  cors_allowed_methods: 'GET',
  cors_allowed_headers: 'X-A',
  blacklist_env_vars: 'AWS_.*',
  ts_open_inference_protocol: 'true',
  ts_header_key_sequence_id: 'X-Sequence',
  ts_header_key_sequence_start: 'X-Start',
  ts_header_key_sequence_end: 'X-End',
};

/** Every other key of the contract's table (4.1). */
const meaningless = `number_of_netty_threads netty_client_threads system_metrics_cmd
  async_logging prefer_direct_buffer initial_distribution_port use_native_io io_ratio
  ipex_enable ipex_gpu_enable cpu_launcher_enable cpu_launcher_args cpp_log_config
  model_server_home vmargs plugins_path debug version`.split(/\s+/);

const show = async (text: string, env: Readonly<Record<string, string>> = {}) => {
  const folder = await tempTree();
  const path = join(folder, 'config.properties');
  await writeFile(path, text);
  return { path, ...(await showServeConfig({}, testContext(folder, { env }))) };
};

describe('TorchServe’s keys', () => {
  test('each is either applied or ignored with a reason', () => {
    expect(Object.keys(obeyed).sort()).toEqual([...configKeys].sort());
    const extra = ['tsConfigFile', 'snapshot_store'];
    expect([...meaningless, ...extra].sort()).toEqual([...ignoredKeys.keys()].sort());
    expect(meaningless.filter((key) => key in obeyed)).toEqual([]);
  });

  test('each applied key is shown with its value and origin, a password hidden', async () => {
    const text = Object.entries(obeyed).map(([key, value]) => `${key}=${value}\n`);
    const { path, values, ignored } = await show(text.join(''));
    const shown = Object.fromEntries(values.map(({ key, value, origin }) => [key, [String(value), origin]]));
    const expected = Object.entries(obeyed).map(([key, value]) => [
      key,
      [key === 'keystore_pass' ? '***' : value.replaceAll('\\\\', '\\'), path],
    ]);
    expect(shown).toEqual(Object.fromEntries(expected));
    expect(ignored).toEqual([]);
  });

  test('each applied key can be set by its TS_ variable, if the file allows it', async () => {
    const keys = Object.keys(obeyed).filter((key) => key !== 'enable_envvars_config');
    const variable = (key: string) => (key.startsWith('ts_') ? key : `ts_${key}`).toUpperCase();
    const env = Object.fromEntries(
      keys.map((key) => [variable(key), (obeyed[key] as string).replaceAll('\\\\', '\\')]),
    );
    const { values } = await show('enable_envvars_config=true\nuse_env_allowed_urls=true\n', env);
    const origins = Object.fromEntries(values.map(({ key, origin }) => [key, origin]));
    for (const key of keys) expect(origins[key]).toBe(`environment ${variable(key)}`);
  });

  test.each(meaningless)('%s is reported, with the reason', async (key) => {
    const { ignored } = await show(`${key}=1\n`);
    expect(ignored).toEqual([{ key, reason: ignoredKeys.get(key) }]);
  });

  test('an unknown key is reported with the nearest known one', async () => {
    const { ignored } = await show('job_queue_sise=1\nmodels={"m": {"1.0": {"parallelLevel": 2}}}\nmine=2\n');
    expect(ignored).toEqual([
      { key: 'job_queue_sise', reason: 'not a key of TorchServe; did you mean job_queue_size?' },
      { key: 'mine', reason: 'not a key of TorchServe' },
      { key: 'models.m.1.0.parallelLevel', reason: 'model-config.yaml says how a model is split' },
    ]);
  });
});
