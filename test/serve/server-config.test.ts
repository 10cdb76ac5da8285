import { expect, test } from 'vitest';
import { configuredSettings, resolveConfig } from '../../src/serve/server-config.ts';

const file = (text: string) => ({ path: 'config.properties', text });

test('without file and flags every value is TorchServe’s default, but for one worker a model', () => {
  const { values, origins } = resolveConfig(undefined, {}, {});
  expect(values).toEqual({
    inference_address: 'http://127.0.0.1:8080',
    management_address: 'http://127.0.0.1:8081',
    metrics_address: 'http://127.0.0.1:8082',
    models: {},
    default_workers_per_model: 1,
    job_queue_size: 100,
    default_response_timeout: 120,
    default_startup_timeout: 120,
    unregister_model_timeout: 120,
    max_request_size: 6_553_500,
    max_response_size: 6_553_500,
    enable_model_api: false,
  });
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
});

test('flags beat the file, and each value knows where it came from', () => {
  const { values, origins } = resolveConfig(file('model_store=/a\njob_queue_size=7'), { model_store: '/b' }, {});
  expect([values.model_store, values.job_queue_size]).toEqual(['/b', 7]);
  expect([origins.model_store, origins.job_queue_size, origins.max_request_size]).toEqual([
    'command line',
    'config.properties',
    'default',
  ]);
});

test('keys that have no effect here are named, not swallowed', () => {
  expect(resolveConfig(file('netty_client_threads=4\nio_ratio=50'), {}, {}).ignored).toEqual([
    'netty_client_threads',
    'io_ratio',
  ]);
});

test('$$NAME$$ stands for an environment variable; an unknown one is an error', () => {
  expect(resolveConfig(file('model_store=$$HOME$$/store'), {}, { HOME: '/me' }).values.model_store).toBe('/me/store');
  expect(() => resolveConfig(file('model_store=$$NOPE$$'), {}, {})).toThrow(
    'model_store names the environment variable NOPE, which is not set',
  );
});

test.each([
  ['job_queue_size=many', 'job_queue_size=many: expected a whole number'],
  ['max_request_size=0', 'max_request_size=0: expected at least 1'],
  ['models={', 'expected JSON'],
])('%s is refused with the value seen and what was expected', (text, message) => {
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
