/** What the keys of config.properties do to a running server, where no other test shows it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';
import { makeGate, makeModel, type TestModel } from './serving.ts';

const ports = ['inference', 'management', 'metrics'].map((role) => `${role}_address=http://127.0.0.1:0`);

/** A server that is told everything by its file. */
async function configured(
  models: readonly TestModel[],
  lines: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const folder = await tempTree({ 'config.properties': [...ports, 'model_store=.', ...lines].join('\n') });
  for (const model of models) await makeModel(folder, model);
  const handle = await serve({ grace: 1 }, testContext(folder, { env }));
  onTestFinished(() => handle.close());
  const { inference } = handle.urls;
  const describeOne = async (name: string) =>
    ((await (await fetch(`${inference}/models/${name}`)).json()) as Record<string, unknown>[])[0];
  const predict = (name: string, kind: string, body = 'x') =>
    fetch(`${inference}/predictions/${name}`, { method: 'POST', headers: { 'X-Kind': kind }, body: Buffer.from(body) });
  return { folder, handle, inference, describeOne, predict };
}

test('load_models, the defaults of models, job_queue_size and initial_worker_port show in describe', async () => {
  const { describeOne } = await configured(
    [{ name: 'a' }, { name: 'b' }],
    [
      'load_models=a-1.0.mar, other=b-1.0.mar',
      'default_workers_per_model=2',
      'default_response_timeout=11',
      'default_startup_timeout=12',
      'job_queue_size=13',
      'initial_worker_port=9500',
    ],
  );
  const facts = { responseTimeout: 11, startupTimeout: 12, jobQueueStatus: { remainingCapacity: 13 } };
  const [a, other] = [await describeOne('a'), await describeOne('other')];
  expect(a).toMatchObject({ ...facts, minWorkers: 2 });
  expect(other).toMatchObject({ ...facts, minWorkers: 2 });
  const ids = [a, other].flatMap((one) => one?.workers as { id: string }[]).map(({ id }) => id);
  expect(ids.sort()).toEqual(['9500', '9501', '9502', '9503']);
});

test('models says how a version runs, which is the default, and by what runtime', async () => {
  const models = {
    m: {
      '1.0': { minWorkers: 1, maxWorkers: 2, batchSize: 3, maxBatchDelay: 4, responseTimeout: 5, startupTimeout: 6 },
      '2.0': { defaultVersion: true, runtimeType: 'nodejs', marName: 'm-2.0.mar' },
    },
  };
  const { describeOne } = await configured(
    [
      { name: 'm', version: '1.0' },
      { name: 'm', version: '2.0' },
    ],
    ['load_models=m-1.0.mar,m-2.0.mar', `models=${JSON.stringify(models)}`],
  );
  expect(await describeOne('m/1.0')).toMatchObject(models.m['1.0']);
  expect(await describeOne('m')).toMatchObject({ modelVersion: '2.0', runtime: 'nodejs' });
});

test('runtimeType of models overrides the manifest: the model runs with it, or cannot run', async () => {
  const attempt = configured(
    [{ name: 'm' }],
    ['load_models=m-1.0.mar', 'models={"m": {"1.0": {"runtimeType": "LSP"}}}'],
  );
  await expect(attempt).rejects.toMatchObject({ code: 'MODEL_UNSERVABLE' });
});

test('number_of_gpu: 0 puts models on the CPU; any other number voids a list with higher ids', async () => {
  const config = 'deviceType: gpu\ndeviceIds: [0, 3]\n';
  const described = async (gpus: number) => {
    const lines = ['load_models=m-1.0.mar', `number_of_gpu=${gpus}`];
    return (await configured([{ name: 'm', config }], lines)).describeOne('m');
  };
  expect(await described(0)).toMatchObject({ deviceType: 'cpu' });
  expect(await described(2)).not.toHaveProperty('deviceIds');
  expect(await described(4)).toMatchObject({ deviceType: 'gpu', deviceIds: [0, 3] });
});

test('max_response_size fails a larger answer, and no other', async () => {
  const code = `export default {
    handle: (rows, context) => rows.map((_, index) => 'x'.repeat(Number(context.requestHeader(index, 'X-Kind')))),
  };`;
  const { predict, describeOne } = await configured(
    [{ name: 'm', code }],
    ['load_models=m-1.0.mar', 'max_response_size=1000'],
  );
  expect((await predict('m', '900')).status).toBe(200);
  const tooLarge = await predict('m', '1100');
  expect(tooLarge.status).toBe(500);
  expect(await tooLarge.json()).toMatchObject({
    message: 'The answer has 1100 bytes, more than max_response_size.',
  });
  const before = (await describeOne('m'))?.workers;
  expect((await predict('m', '5000000')).status).toBe(500);
  expect((await predict('m', '900')).status).toBe(200);
  // The worker lives.
  expect((await describeOne('m'))?.workers).toMatchObject((before as { pid: number }[]).map(({ pid }) => ({ pid })));
});

test('in a batch only the request with the large answer fails', async () => {
  const code = `export default {
    handle: (rows, context) => rows.map((_, index) => 'x'.repeat(Number(context.requestHeader(index, 'X-Kind')))),
  };`;
  const { predict } = await configured(
    [{ name: 'm', code, config: 'batchSize: 3\nmaxBatchDelay: 2000\n' }],
    ['load_models=m-1.0.mar', 'max_response_size=1000'],
  );
  const answers = await Promise.all(['10', '2000', '30'].map((size) => predict('m', size)));
  expect(answers.map(({ status }) => status)).toEqual([200, 500, 200]);
});

test('blacklist_env_vars hides variables from our own workers too', async () => {
  const code =
    'export default { handle: (rows) => rows.map(() => [process.env.SECRET_A ?? "", process.env.OPEN ?? ""].join()) };';
  const { predict } = await configured(
    [{ name: 'm', code }],
    ['load_models=m-1.0.mar', 'blacklist_env_vars=SECRET_.*'],
    {
      SECRET_A: 'a',
      OPEN: 'b',
    },
  );
  expect(await (await predict('m', '')).text()).toBe(',b');
});

test('unregister_model_timeout limits how long unregistering may take', async () => {
  const { inference, predict } = await configured(
    [{ name: 'm' }],
    ['load_models=m-1.0.mar', 'enable_model_api=true', 'unregister_model_timeout=1'],
  );
  const gate = await makeGate();
  const running = predict('m', 'gated', gate.path);
  await gate.begun();
  expect((await fetch(`${inference}/models/m`, { method: 'DELETE' })).status).toBe(408);
  expect((await running).status).toBeGreaterThanOrEqual(500);
});

test('default_service_handler is used if the manifest names no handler', async () => {
  const folder = await tempTree({ 'config.properties': [...ports, 'default_service_handler=mine.mjs'].join('\n') });
  const manifest = { ...manifestOf({}, 'nodejs'), model: { modelName: 'm', modelVersion: '1.0' } };
  const files = { 'mine.mjs': 'export default { handle: (rows) => rows.map(() => "mine") };\n' };
  await makeMar(join(folder, 'm.mar'), { files, manifest });
  const handle = await serve({ archives: ['m.mar'], skipValidation: true, grace: 1 }, testContext(folder));
  onTestFinished(() => handle.close());
  const answer = await fetch(`${handle.urls.inference}/predictions/m`, { method: 'POST', body: 'x' });
  expect(await answer.text()).toBe('mine');
});

test('access, CORS, metrics and the protocol follow the file', async () => {
  const { folder, inference, handle } = await configured(
    [],
    [
      'disable_token_authorization=false',
      'token_expiration_min=7',
      'cors_allowed_origin=https://a.example',
      'cors_allowed_methods=GET, PUT',
      'cors_allowed_headers=X-Mine',
      'metrics_mode=legacy',
      'disable_system_metrics=true',
      'ts_open_inference_protocol=true',
    ],
  );
  const refused = await fetch(`${inference}/predictions/m`);
  expect(refused.status).toBe(400);
  expect(['origin', 'methods', 'headers'].map((name) => refused.headers.get(`access-control-allow-${name}`))).toEqual([
    'https://a.example',
    'GET, PUT',
    'X-Mine',
  ]);
  const keys = JSON.parse(await readFile(join(folder, 'key_file.json'), 'utf8'));
  const lasts = Date.parse(keys.inference['expiration time']) - Date.parse('2026-11-23T10:20:30Z');
  expect(lasts).toBe(7 * 60_000);
  const metrics = await (await fetch(`${handle.urls.metrics}/metrics`)).text();
  expect(metrics).toContain('ts_inference_requests_total');
  expect(metrics).not.toContain('CPUUtilization');
  const headers = { Authorization: `Bearer ${keys.inference.key}` };
  expect(await (await fetch(`${inference}/v2`, { headers })).json()).toHaveProperty('extensions');
});

test('allowed_urls applies, and TS_ALLOWED_URLS only if the file enables it twice', async () => {
  const refusal = async (lines: readonly string[]) => {
    const { inference } = await configured([], ['enable_model_api=true', ...lines], { TS_ALLOWED_URLS: 'ftp://.*' });
    const answer = await fetch(`${inference}/models?url=http://127.0.0.1:9/m.mar`, { method: 'POST' });
    return `${answer.status} ${((await answer.json()) as { message: string }).message}`;
  };
  expect(await refusal([])).toMatch(/^404 Given URL .* does not match any allowed URL/);
  expect(await refusal(['allowed_urls=http://.*'])).toMatch(/^400 Failed to download/);
  const heard = ['allowed_urls=http://.*', 'enable_envvars_config=true'];
  expect(await refusal(heard)).toMatch(/^400 Failed to download/);
  expect(await refusal([...heard, 'use_env_allowed_urls=true'])).toMatch(/^404 Given URL/);
});
