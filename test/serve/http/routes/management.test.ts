import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeMar } from '../../../support/make-mar.ts';
import { fixture, makeModel, startServer, type TestServer } from '../../serving.ts';

async function call(
  { handle }: TestServer,
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<[number, unknown]> {
  const response = await fetch(`${handle.urls.management}${path}`, { method, ...init });
  return [response.status, await response.json()];
}

const status = (text: string) => ({ status: text });
const error = (code: number, type: string, message: string) => ({ code, type, message });

test('list returns default versions by name, in pages', async () => {
  const server = await startServer([{ name: 'b' }, { name: 'a' }, { name: 'a', version: '2.0' }], { workers: 0 });
  const all = [
    { modelName: 'a', modelUrl: 'a-1.0.mar' },
    { modelName: 'b', modelUrl: 'b-1.0.mar' },
  ];
  expect(await call(server, 'GET', '/models')).toEqual([200, { models: all }]);
  expect(await call(server, 'GET', '/models?limit=1')).toEqual([200, { nextPageToken: '1', models: all.slice(0, 1) }]);
  expect(await call(server, 'GET', '/models?limit=1&next_page_token=1')).toEqual([
    200,
    { nextPageToken: '2', models: all.slice(1) },
  ]);
  expect(await call(server, 'GET', '/models?limit=-1&next_page_token=abc')).toEqual([200, { models: all }]);
  expect(await call(server, 'GET', '/models?next_page_token=1000')).toEqual([200, { models: [] }]);
});

test('describe has TorchServe’s keys in TorchServe’s order', async () => {
  const server = await startServer([{ config: 'batchSize: 4\nmaxBatchDelay: 50\nresponseTimeout: 60\n' }]);
  const response = await server.get('/models/kinds');
  const text = await response.text();
  const keys = [...text.matchAll(/^ {4}"(\w+)":/gm)].map((match) => match[1]);
  expect(keys).toEqual([
    ...['modelName', 'modelVersion', 'modelUrl', 'runtime', 'minWorkers', 'maxWorkers', 'batchSize', 'maxBatchDelay'],
    ...[
      'responseTimeout',
      'startupTimeout',
      'maxRetryTimeoutInSec',
      'clientTimeoutInMills',
      'parallelType',
      'parallelLevel',
    ],
    ...[
      'deviceType',
      'continuousBatching',
      'useJobTicket',
      'useVenv',
      'stateful',
      'sequenceMaxIdleMSec',
      'sequenceTimeoutMSec',
    ],
    ...['maxNumSequence', 'maxSequenceJobQueueSize', 'loadedAtStartup', 'workers', 'jobQueueStatus'],
  ]);
  expect(JSON.parse(text)).toMatchObject([
    {
      modelName: 'kinds',
      batchSize: 4,
      maxBatchDelay: 50,
      responseTimeout: 60,
      loadedAtStartup: true,
      workers: [{ id: '9000', status: 'READY', memoryUsage: expect.any(Number), gpu: false, gpuUsage: 'N/A' }],
      jobQueueStatus: { remainingCapacity: 100, pendingRequests: 0 },
    },
  ]);
});

test('describe asks the handler if customized, and shows every version for "all"', async () => {
  const server = await startServer([{}, { version: '2.0' }]);
  const [, customized] = await call(server, 'GET', '/models/kinds?customized=true');
  expect(customized).toMatchObject([{ customizedMetadata: { data1: '1', data2: '2' } }]);
  expect((await call(server, 'GET', '/models/kinds/all'))[1]).toMatchObject([
    { modelVersion: '1.0' },
    { modelVersion: '2.0' },
  ]);
  expect(await call(server, 'GET', '/models/kinds/9.9')).toEqual([
    404,
    error(404, 'ModelVersionNotFoundException', 'Model version: 9.9 does not exist for model: kinds'),
  ]);
  expect(await call(server, 'GET', '/models/nope')).toEqual([
    404,
    error(404, 'ModelNotFoundException', 'Model not found: nope'),
  ]);
});

test('scale starts and stops workers, and without workers predictions are refused', async () => {
  const server = await startServer([{}]);
  expect(await call(server, 'PUT', '/models/kinds?min_worker=2&synchronous=true')).toEqual([
    200,
    status('Workers scaled to 2 for model: kinds'),
  ]);
  const [, two] = await call(server, 'GET', '/models/kinds');
  expect(two).toMatchObject([{ minWorkers: 2, workers: [{ status: 'READY' }, { status: 'READY' }] }]);
  expect(await call(server, 'PUT', '/models/kinds/1.0?min_worker=0&synchronous=true')).toEqual([
    200,
    status('Workers scaled to 0 for model: kinds, version: 1.0'),
  ]);
  const refused = await server.predict('kinds', 'str');
  expect([refused.status, await refused.json()]).toEqual([
    503,
    error(
      503,
      'ServiceUnavailableException',
      'Model "kinds" has no worker to serve inference request. Please use scale workers API to add workers. If this is a sequence inference, please check if it is closed, or expired; or exceeds maxSequenceJobQueueSize',
    ),
  ]);
  expect(await call(server, 'PUT', '/models/kinds?min_worker=3&max_worker=1')).toEqual([
    400,
    error(400, 'BadRequestException', 'max_worker cannot be less than min_worker.'),
  ]);
  expect(await call(server, 'PUT', '/models/kinds')).toEqual([202, status('Processing worker updates...')]);
});

test('more workers than the limit are refused before one starts, and the server keeps running', async () => {
  const server = await startServer([{}], { enableModelApi: true });
  const refused = error(400, 'BadRequestException', 'A model has at most 1000 workers; 2147483647 were requested.');
  const scale = '/models/kinds?min_worker=2147483647';
  expect(await call(server, 'PUT', `${scale}&synchronous=true`)).toEqual([400, refused]);
  expect(await call(server, 'PUT', scale)).toEqual([400, refused]);
  await makeModel(server.folder, { name: 'more' });
  expect(await call(server, 'POST', '/models?url=more-1.0.mar&initial_workers=2147483647')).toEqual([400, refused]);
  expect((await call(server, 'GET', '/models/more'))[0]).toBe(404);
  expect((await call(server, 'GET', '/models/kinds'))[1]).toMatchObject([{ minWorkers: 1, workers: [{}] }]);
});

test('register and unregister are off unless enabled', async () => {
  const server = await startServer([{}]);
  const off = error(405, 'MethodNotAllowedException', 'Requested method is not allowed, please refer to API document.');
  expect(await call(server, 'POST', '/models?url=kinds-1.0.mar')).toEqual([405, off]);
  expect(await call(server, 'DELETE', '/models/kinds')).toEqual([405, off]);
});

test('register loads from the model store and nowhere else', async () => {
  const server = await startServer([], { enableModelApi: true });
  await makeModel(server.folder, {});
  const registered = status('Model "kinds" Version: 1.0 registered with 1 initial workers');
  expect(await call(server, 'POST', '/models?url=kinds-1.0.mar')).toEqual([200, registered]);
  expect((await server.predict('kinds', 'str')).status).toBe(200);
  expect(await call(server, 'POST', '/models?url=kinds-1.0.mar')).toEqual([
    409,
    error(409, 'ConflictStatusException', 'Model version 1.0 is already registered for model kinds'),
  ]);
  const body = JSON.stringify({ url: 'kinds-1.0.mar', model_name: 'json', initial_workers: 0, batch_size: 5 });
  const none = status(
    'Model "json" Version: 1.0 registered with 0 initial workers. Use scale workers API to add workers for the model.',
  );
  expect(await call(server, 'POST', '/models', { headers: { 'content-type': 'application/json' }, body })).toEqual([
    200,
    none,
  ]);
  const refusals: [string, number, string, string][] = [
    ['', 400, 'BadRequestException', 'Parameter url is required.'],
    ['?url=', 404, 'ModelNotFoundException', 'empty url'],
    ['?url=nope.mar', 404, 'ModelNotFoundException', 'Model not found at: nope.mar'],
    [
      '?url=../config.properties',
      404,
      'ModelNotFoundException',
      'Relative path is not allowed in url: ../config.properties',
    ],
    [
      '?url=http://127.0.0.1:1/x.mar',
      404,
      'ModelNotFoundException',
      'Given URL http://127.0.0.1:1/x.mar does not match any allowed URL(s)',
    ],
    ['?url=kinds-1.0.mar&runtime=perl', 400, 'BadRequestException', 'Invalid RuntimeType value: perl'],
  ];
  for (const [query, code, type, message] of refusals) {
    expect(await call(server, 'POST', `/models${query}`)).toEqual([code, error(code, type, message)]);
  }
});

test('a model whose handler cannot be loaded reports why, and nothing of it stays registered', async () => {
  const server = await startServer([], { enableModelApi: true });
  await makeModel(server.folder, {
    name: 'broken',
    code: 'export default { initialize() { throw new Error("this handler refuses to load"); }, handle: (rows) => rows };',
  });
  const register = () => call(server, 'POST', '/models?url=broken-1.0.mar');
  expect(await register()).toMatchObject([
    500,
    {
      type: 'InternalServerException',
      message: expect.stringMatching(
        /^Failed to start workers for model broken version: 1\.0\. .*this handler refuses to load/,
      ),
    },
  ]);
  expect((await call(server, 'GET', '/models/broken'))[0]).toBe(404);
  expect(await call(server, 'GET', '/models')).toEqual([200, { models: [] }]);
  // The name is free again.
  await rm(join(server.folder, 'broken-1.0.mar'));
  await makeModel(server.folder, {
    name: 'broken',
    code: 'export default { handle: (rows) => rows.map(() => "mended") };',
  });
  expect((await register())[0]).toBe(200);
});

test('versions: the first is the default until another is set, and the default cannot be removed before the others', async () => {
  const server = await startServer([{}, { version: '2.0' }], { enableModelApi: true });
  const version = async () =>
    ((await call(server, 'GET', '/models/kinds'))[1] as [{ modelVersion: string }])[0].modelVersion;
  expect(await version()).toBe('1.0');
  expect(await call(server, 'PUT', `/models/kinds/2.0/set-default`)).toEqual([
    200,
    status(`Default version successfully updated for model "kinds" to "2.0"`),
  ]);
  expect(await version()).toBe('2.0');
  expect(await call(server, 'PUT', '/models/kinds/9.9/set-default')).toEqual([
    404,
    error(404, 'ModelVersionNotFoundException', 'Model version 9.9 does not exist for model kinds'),
  ]);
  expect(await call(server, 'DELETE', '/models/kinds')).toEqual([
    403,
    error(403, 'InvalidModelVersionException', 'Cannot remove default version for model kinds'),
  ]);
  expect(await call(server, 'DELETE', '/models/kinds/1.0')).toEqual([200, status('Model "kinds" unregistered')]);
  expect(await call(server, 'DELETE', '/models/kinds')).toEqual([200, status('Model "kinds" unregistered')]);
  expect((await server.predict('kinds', 'str')).status).toBe(404);
});

test('an ambiguous manifest is refused even with --skip-validation', async () => {
  const server = await startServer([], { enableModelApi: true, skipValidation: true });
  const manifest =
    '{"runtime": "nodejs", "model": {"modelName": "two", "modelName": "faced", "handler": "handler.mjs"}}';
  const files = { 'handler.mjs': await fixture('kinds.mjs'), 'MAR-INF/MANIFEST.json': manifest };
  await makeMar(join(server.folder, 'two.mar'), { files });
  const refused = error(400, 'InvalidModelException', 'Failed to parse signature.json.');
  expect(await call(server, 'POST', '/models?url=two.mar')).toEqual([400, refused]);
});
