import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { makeMar, manifestOf } from '../../../support/make-mar.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { serveStore, startServer } from '../../serving.ts';

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
  return {
    url: handle.urls.inference,
    call,
    json: async (path: string, body?: string | Buffer) => (await call(path, body)).json(),
  };
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

/** An exchange whose answer is not decoded on the way. */
async function askRaw(url: string, body: Buffer, headers: Record<string, string>) {
  const outgoing = request(url, { method: 'POST', headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode, coding: incoming.headers['content-encoding'], bytes: await buffer(incoming) };
}

test('bodies may be compressed, and answers are where the client asks for it', async () => {
  const { url } = await linear();
  const many = { ...input, shape: [500, 4], data: Array.from({ length: 2_000 }, (_, index) => index % 7) };
  const body = Buffer.from(JSON.stringify({ inputs: [many] }));
  const infer = `${url}/v2/models/linear/infer`;
  const plain = await askRaw(infer, body, {});
  expect([plain.status, plain.coding]).toEqual([200, undefined]);
  for (const [coding, compress, decompress] of [
    ['gzip', gzipSync, gunzipSync],
    ['deflate', deflateSync, inflateSync],
  ] as const) {
    const coded = await askRaw(infer, compress(body), { 'Content-Encoding': coding, 'Accept-Encoding': coding });
    expect([coded.status, coded.coding]).toEqual([200, coding]);
    expect(coded.bytes.length).toBeLessThan(plain.bytes.length);
    expect(decompress(coded.bytes).equals(plain.bytes)).toBe(true);
  }
  const small = Buffer.from(JSON.stringify({ inputs: [{ ...input, data: rows }] }));
  expect((await askRaw(infer, small, { 'Accept-Encoding': 'gzip' })).coding).toBeUndefined();
  const { body: binary, headers } = toBinary({});
  const coded = await askRaw(infer, gzipSync(binary), { ...headers, 'Content-Encoding': 'gzip' });
  expect(coded.status).toBe(200);
});

test('a body that would become too large, or that is not what it says, is refused', async () => {
  const { url } = await linear();
  const infer = `${url}/v2/models/linear/infer`;
  const refuse = async (coding: string, body: Buffer) => {
    const { status, bytes } = await askRaw(infer, body, { 'Content-Encoding': coding });
    return [status, JSON.parse(String(bytes)).error];
  };
  expect(await refuse('gzip', gzipSync(Buffer.alloc(50_000_000)))).toEqual([413, expect.stringContaining('6553500')]);
  expect(await refuse('gzip', Buffer.from('{}'))).toEqual([400, 'The bytes are not compressed with gzip.']);
  expect(await refuse('br', Buffer.from('{}'))).toEqual([
    400,
    'The content coding "br" is not read; send gzip or deflate.',
  ]);
});

test('over v1 too; TorchServe’s own paths hand a body on as it came', async () => {
  const code =
    'export const handle = (rows, context) => rows.map(({ body }, index) => ' +
    '[context.requestHeader(index, "Content-Encoding") ?? "none", Buffer.from(body).toString("latin1")].join());';
  const { handle } = await startServer([{ name: 'shown', code }]);
  const body = gzipSync('words');
  const headers = { 'Content-Encoding': 'gzip' };
  const decoded = await askRaw(`${handle.urls.inference}/v1/models/shown:predict`, body, headers);
  expect(String(decoded.bytes)).toBe('none,words');
  const same = await askRaw(`${handle.urls.inference}/predictions/shown`, body, headers);
  expect(String(same.bytes)).toMatch(/^gzip,/);
  expect(String(same.bytes)).not.toContain('words');
});
