import { expect, test } from 'vitest';
import { makeGate, startServer } from '../serving.ts';

test('CORS headers are on every answer as configured, and on none without configuration', async () => {
  const tsConfig = 'config.properties';
  const settings = 'cors_allowed_origin=https://a.example\ncors_allowed_methods=GET, POST\ncors_allowed_headers=X-A\n';
  const { get, predict } = await startServer([{}], { tsConfig }, { [tsConfig]: settings });
  for (const response of [await get('/ping'), await get('/nowhere'), await predict('kinds', 'str')]) {
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('https://a.example');
    expect(response.headers.get('Access-Control-Allow-Methods')).toBe('GET, POST');
    expect(response.headers.get('Access-Control-Allow-Headers')).toBe('X-A');
  }
  const plain = await startServer([]);
  expect((await plain.get('/ping')).headers.get('Access-Control-Allow-Origin')).toBeNull();
});

test('the access log has a line for each answer, in TorchServe’s form or as JSON', async () => {
  const torchserve = await startServer([], { logFormat: 'torchserve' });
  await torchserve.get('/nowhere?x=1');
  const line = /^\/127\.0\.0\.1:\d+ "GET \/nowhere\?x=1 HTTP\/1\.1" 404 \d+$/m;
  await expect.poll(() => torchserve.context.messages().join('\n')).toMatch(line);
  const json = await startServer([], { logFormat: 'json' });
  const response = await json.get('/ping');
  const logged = () => json.context.messages().find((message) => message.startsWith('{')) ?? '{}';
  await expect
    .poll(() => JSON.parse(logged()))
    .toMatchObject({ id: response.headers.get('x-request-id'), method: 'GET', target: '/ping', status: 200 });
});

test('other metrics modes: three counters, or none', async () => {
  const read = async (metricsMode: 'legacy' | 'log') => {
    const { get, predict } = await startServer([{}], { metricsMode });
    await predict('kinds', 'str');
    return (await get('/metrics')).text();
  };
  const names = [...(await read('legacy')).matchAll(/^# HELP (\S+)/gm)].map((match) => match[1]);
  expect(names.sort()).toEqual([
    'ts_inference_latency_microseconds',
    'ts_inference_requests_total',
    'ts_queue_latency_microseconds',
  ]);
  expect(await read('log')).toBe('');
});

test('the metrics API can be switched off', async () => {
  const { get } = await startServer([], { tsConfig: 'c' }, { c: 'enable_metrics_api=false\n' });
  expect((await get('/metrics')).status).toBe(404);
});

test('without a model name the only model answers; query parameters are inputs', async () => {
  const code = 'export const handle = (rows) => rows;';
  const { handle } = await startServer([{ name: 'only', code }]);
  const post = async (path: string) =>
    (await fetch(`${handle.urls.inference}${path}`, { method: 'POST', body: 'b' })).json();
  const body = expect.anything();
  expect(await post('/invocations?a=1')).toEqual({ body, a: expect.anything() });
  expect(await post('/models/only/invoke')).toEqual({ body });
  expect(await post('/only/predict?a=1')).toEqual({ body, a: expect.anything() });
  expect(await post('/only/1.0/predict')).toEqual({ body });
});

test('the last answers of a server that closes say that the connection ends', async () => {
  const { handle, predict } = await startServer([{}]);
  const gate = await makeGate();
  const answering = predict('kinds', 'gated', gate.path);
  await gate.begun();
  const closing = handle.close();
  await gate.open();
  const { status, headers } = await answering;
  expect([status, headers.get('connection')]).toEqual([200, 'close']);
  await closing;
});
