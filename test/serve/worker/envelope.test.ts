import { expect, test } from 'vitest';
import type { Row } from '../../../src/handlers/sdk.ts';
import { startServer } from '../serving.ts';

/** Answers with its rows, bytes as text, and remembers whose they were in a header. */
const code = `
const show = (value) => (value instanceof Uint8Array ? 'bytes:' + Buffer.from(value).toString() : value);
export default {
  handle: (rows, context) =>
    rows.map((row, index) => {
      context.setResponseHeader(index, 'X-Row', String(index));
      return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, show(value)]));
    }),
};`;

async function post(
  serviceEnvelope: 'body' | 'json' | 'kserve' | 'kservev2',
  value: unknown,
  config = 'batchSize: 1\n',
) {
  const { handle } = await startServer([{ name: 'm', code, config }], { serviceEnvelope });
  const headers = { 'content-type': 'application/json' };
  const call = (body: unknown) =>
    fetch(`${handle.urls.inference}/predictions/m`, { method: 'POST', headers, body: JSON.stringify(body) });
  return Array.isArray(value) ? Promise.all(value.map(call)) : [await call(value)];
}

test('json: instances of all requests are rows of one batch, base64 is bytes, and each request gets its own predictions on one line', async () => {
  const instances = (...names: string[]) => ({
    instances: names.map((name) => ({ b64: Buffer.from(name).toString('base64') })),
  });
  const config = 'batchSize: 2\nmaxBatchDelay: 2000\n';
  const [first, second] = await post('json', [instances('a', 'b'), instances('c')], config);
  expect(await first?.text()).toBe('{"predictions": [{"data": "bytes:a"}, {"data": "bytes:b"}]}');
  expect(await second?.text()).toBe('{"predictions": [{"data": "bytes:c"}]}');
  expect([first?.headers.get('X-Row'), second?.headers.get('X-Row')]).toEqual(['1', '2']);
});

test('json: columns are decoded separately', async () => {
  const [answer] = await post('json', { instances: [{ a: { b64: 'aGk=' }, n: 1 }] });
  expect(await answer?.json()).toEqual({ predictions: [{ a: 'bytes:hi', n: 1 }] });
});

test('body: the request is its value', async () => {
  const [answer] = await post('body', { any: 'thing' });
  expect(await answer?.json()).toEqual({ any: 'thing' } satisfies Row);
});

test('kservev2: data are nested by the shape, and answers have the names of the inputs', async () => {
  const input = { name: 'x', shape: [2, 2], datatype: 'INT64', data: [1, 2, 3, 4] };
  const [answer] = await post('kservev2', { id: 'mine', inputs: [input] });
  expect(await answer?.json()).toMatchObject({
    id: 'mine',
    model_name: 'm',
    model_version: '1.0',
    outputs: [{ name: 'x' }],
  });
});

test('kservev2: data after the JSON are read as if they were in it', async () => {
  const { handle } = await startServer([{ name: 'm', code }], { serviceEnvelope: 'kservev2' });
  const input = { name: 'x', shape: [2, 2], datatype: 'INT64', parameters: { binary_data_size: 32 } };
  const json = Buffer.from(JSON.stringify({ id: 'mine', inputs: [input] }));
  const answer = await fetch(`${handle.urls.inference}/v2/models/m/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(json.length) },
    body: Buffer.concat([json, Buffer.from(new BigInt64Array([1n, 2n, 3n, 4n]).buffer)]),
  });
  expect(await answer.json()).toMatchObject({ id: 'mine', outputs: [{ name: 'x' }] });
});

test.each([
  ['json', { inputs: [] }],
  ['kserve', [[1]]],
  ['kservev2', { inputs: [{ name: 'x', shape: [3], datatype: 'FP32', data: [1] }] }],
] as const)('%s: a request that does not fit the envelope is 503, as upstream', async (envelope, value) => {
  const [answer] = await post(envelope, Array.isArray(value) ? [value] : value);
  expect([answer?.status, await answer?.json()]).toMatchObject([503, { message: 'Prediction failed' }]);
});
