import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { makeMar, manifestOf } from '../../../support/make-mar.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { serveStore } from '../../serving.ts';

const rows = [1, 2, 3, 4, 0, 0, 0, 0];
/** What the model answers to them. */
const answers = [
  0.6468130946159363, 0.643048107624054, 0.42531490325927734, 0.18261408805847168, -0.19485050439834595,
  -0.03645437955856323,
];

async function linear() {
  const modelStore = await tempTree({});
  await makeMar(join(modelStore, 'linear.mar'), {
    files: { 'linear.onnx': await readFile(join(packageRoot, 'test/fixtures/models/linear4x3.onnx')) },
    manifest: manifestOf({ modelName: 'linear', serializedFile: 'linear.onnx', handler: 'base_handler' }),
  });
  const { handle } = await serveStore({ port: 0, modelStore, models: ['linear.mar'], openInferenceProtocol: true });
  const call = async (path: string, body?: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${handle.urls.inference}${path}`, { ...(body !== undefined && { method: 'POST', body }), headers });
  return { call, json: async (path: string, body?: string | Buffer) => (await call(path, body)).json() };
}

const input = { name: 'input', shape: [2, 4], datatype: 'FP32' };

test('the Open Inference Protocol reports the server, readiness, and the inputs of a model', async () => {
  const { json, call } = await linear();
  expect(await json('/v2')).toMatchObject({ name: 'ts-model-archiver', extensions: expect.any(Array) });
  expect(await json('/v2/health/live')).toEqual({ live: true });
  expect(await json('/v2/health/ready')).toEqual({ ready: true });
  expect(await json('/v2/models/linear/ready')).toEqual({ name: 'linear', ready: true });
  expect(await json('/v2/models/linear/versions/1.0')).toEqual({
    name: 'linear',
    versions: ['1.0'],
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 4] }],
    outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, 3] }],
  });
  const missing = await call('/v2/models/none');
  expect([missing.status, await missing.json()]).toEqual([404, { error: 'Model not found: none' }]);
});

test('tensors are read and written as JSON, with the request’s id', async () => {
  const { json } = await linear();
  const body = JSON.stringify({ id: 'mine', inputs: [{ ...input, data: rows }] });
  expect(await json('/v2/models/linear/infer', body)).toEqual({
    id: 'mine',
    model_name: 'linear',
    model_version: '1.0',
    outputs: [{ name: 'output', datatype: 'FP32', shape: [2, 3], data: answers }],
  });
});

/** A body of JSON and the bytes of the rows after it, at an address that no float can stand at. */
function toBinary(request: Record<string, unknown>, size = 32): { body: Buffer; headers: Record<string, string> } {
  const inputs = [{ ...input, parameters: { binary_data_size: size } }];
  const text = JSON.stringify({ ...request, inputs });
  const head = Buffer.from(text.padEnd(text.length + ((5 - (text.length % 4)) % 4)));
  const body = Buffer.concat([head, Buffer.from(Float32Array.from(rows).buffer)]);
  return { body, headers: { 'Inference-Header-Content-Length': String(head.length) } };
}

test('tensors are read and written as bytes after the JSON', async () => {
  const { call } = await linear();
  const { body, headers } = toBinary({ parameters: { binary_data_output: true } });
  const response = await call('/v2/models/linear/infer', body, headers);
  const bytes = Buffer.from(await response.arrayBuffer());
  const length = Number(response.headers.get('Inference-Header-Content-Length'));
  expect(JSON.parse(bytes.toString('utf8', 0, length))).toEqual({
    model_name: 'linear',
    model_version: '1.0',
    outputs: [{ name: 'output', datatype: 'FP32', shape: [2, 3], parameters: { binary_data_size: 24 } }],
  });
  expect([...new Float32Array(Uint8Array.from(bytes.subarray(length)).buffer)]).toEqual(answers);
});

test.each([
  ['a length beyond the body', toBinary({}).body, { 'Inference-Header-Content-Length': '9999' }],
  ['an invalid length', toBinary({}).body, { 'Inference-Header-Content-Length': '-1' }],
  ['fewer bytes than said', toBinary({}, 40).body, toBinary({}, 40).headers],
  ['more bytes than said', toBinary({}, 28).body, toBinary({}, 28).headers],
  ['half a value', toBinary({}, 31).body, toBinary({}, 31).headers],
])('binary tensors with %s are a client’s mistake, in the protocol’s words', async (_what, body, headers) => {
  const { call } = await linear();
  const response = await call('/v2/models/linear/infer', body, headers);
  expect([response.status, await response.json()]).toEqual([400, { error: expect.any(String) }]);
});
