import { expect, test } from 'vitest';
import { configuredSettings, resolveConfig } from '../../../src/serve/config/server-config.ts';

const file = (text: string) => ({ path: 'config.properties', text });

test('without file and flags every value is TorchServe’s default, except for the listed ones', () => {
  const { values, origins } = resolveConfig(undefined, {}, {});
  expect(values).toMatchObject({
    inference_address: 'http://127.0.0.1:8080',
    management_address: 'http://127.0.0.1:8081',
    metrics_address: 'http://127.0.0.1:8082',
    models: {},
    job_queue_size: 100,
    default_response_timeout: 120,
    default_startup_timeout: 120,
    unregister_model_timeout: 120,
    max_request_size: 6_553_500,
    max_response_size: 6_553_500,
    enable_model_api: false,
    token_expiration_min: 60,
    enable_metrics_api: true,
    decode_input_request: true,
    limit_max_image_pixels: true,
  });
  expect(values).toMatchObject({
    default_workers_per_model: 1,
    disable_token_authorization: 'auto',
    allowed_urls: [/^(?:file:\/\/.*)$/i],
    metrics_mode: 'prometheus',
  });
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
});

test('the environment overrides flags and file if the file enables it', () => {
  const env = { TS_JOB_QUEUE_SIZE: '9', TS_ALLOWED_URLS: 'https://.*', TS_METRICS_MODE: 'log' };
  const flags = { job_queue_size: '8', metrics_mode: 'legacy' } as const;
  const closed = resolveConfig(file('job_queue_size=7'), flags, env);
  expect([closed.values.job_queue_size, closed.values.metrics_mode]).toEqual([8, 'legacy']);
  const open = resolveConfig(file('enable_envvars_config=true'), flags, env);
  expect([open.values.job_queue_size, open.values.metrics_mode]).toEqual([9, 'log']);
  expect(open.origins.job_queue_size).toBe('environment TS_JOB_QUEUE_SIZE');
  expect(open.origins.allowed_urls).toBe('default');
  const wide = resolveConfig(file('enable_envvars_config=true\nuse_env_allowed_urls=true'), flags, env);
  expect(wide.values.allowed_urls.some((pattern) => pattern.test('HTTPS://example.com/a.mar'))).toBe(true);
});

test('a pattern of allowed URLs matches whole URLs', () => {
  const { allowed_urls } = resolveConfig(file('allowed_urls=https://models\\\\.example/.*,s3://.*'), {}, {}).values;
  const allows = (url: string) => allowed_urls.some((pattern) => pattern.test(url));
  expect(['https://models.example/a.mar', 's3://b/a.mar'].map(allows)).toEqual([true, true]);
  expect(['https://modelsXexample/a.mar', 'https://evil/?https://models.example/'].map(allows)).toEqual([false, false]);
});

test('flags override the file, and each value has its origin', () => {
  const { values, origins } = resolveConfig(file('model_store=/a\njob_queue_size=7'), { model_store: '/b' }, {});
  expect([values.model_store, values.job_queue_size]).toEqual(['/b', 7]);
  expect([origins.model_store, origins.job_queue_size, origins.max_request_size]).toEqual([
    'command line',
    'config.properties',
    'default',
  ]);
});

test('a binary file is refused', () => {
  expect(() => resolveConfig(file('\u0004\u0000ustar\u0001=1\nmodel_store=/a'), {}, {})).toThrow(
    'config.properties: it is not a text file.',
  );
  expect(resolveConfig(file('# \ttab\f\r\nmodel_store=/ä'), {}, {}).values.model_store).toBe('/ä');
});

test('ignored keys are reported', () => {
  expect(resolveConfig(file('netty_client_threads=4\nio_ratio=50'), {}, {}).ignored).toEqual([
    'netty_client_threads',
    'io_ratio',
  ]);
});

test('$$NAME$$ is replaced by the environment variable; an unset variable is an error', () => {
  expect(resolveConfig(file('model_store=$$HOME$$/store'), {}, { HOME: '/me' }).values.model_store).toBe('/me/store');
  expect(() => resolveConfig(file('model_store=$$NOPE$$'), {}, {})).toThrow(
    'model_store names the environment variable NOPE, which is not set',
  );
});

test.each([
  ['job_queue_size=many', 'job_queue_size=many: expected a whole number'],
  ['max_request_size=0', 'max_request_size=0: expected at least 1'],
  ['models={', 'expected JSON'],
])('%s is refused with the value seen and the value expected', (text, message) => {
  expect(() => resolveConfig(file(text), {}, {})).toThrow(message);
});

test('models gives settings for a name and version', () => {
  const { values } = resolveConfig(
    file('models={"m": {"1.0": {"batchSize": 4, "minWorkers": 2, "marName": "m.mar"}}}'),
    {},
    {},
  );
  expect(configuredSettings(values, 'm', '1.0')).toMatchObject({ batchSize: 4, minWorkers: 2 });
  expect(configuredSettings(values, 'm', '2.0')).toEqual({});
});
