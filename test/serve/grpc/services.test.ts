import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { grpcClient, statusOf } from '../../support/grpc-client.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { makeModel, serveStore } from '../serving.ts';
import { handlerCode } from './handler-code.ts';
import { answered, listenWith } from './serving-calls.ts';

async function everyType() {
  const modelStore = await tempTree({});
  await makeMar(join(modelStore, 'every.mar'), {
    files: { 'm.onnx': await readFile(join(packageRoot, 'test/fixtures/models/every-type.onnx')) },
    manifest: manifestOf({ modelName: 'every', serializedFile: 'm.onnx', handler: 'base_handler' }),
  });
  const { handle } = await serveStore({ port: 0, grpcPort: 0, modelStore, models: ['every.mar'] });
  return grpcClient(handle.grpc?.inference ?? '', 'openInference');
}

/** Two extreme values of each type: as typed contents, and as bytes. */
const typed: readonly [name: string, datatype: string, contents: object | undefined, raw: Uint8Array][] = [
  ['float', 'FP32', { fp32_contents: [1.5, -0.25] }, new Uint8Array(Float32Array.of(1.5, -0.25).buffer)],
  ['double', 'FP64', { fp64_contents: [0.1, -1e300] }, new Uint8Array(Float64Array.of(0.1, -1e300).buffer)],
  ['float16', 'FP16', undefined, new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer)],
  ['int8', 'INT8', { int_contents: [-128, 127] }, new Uint8Array(Int8Array.of(-128, 127).buffer)],
  ['int16', 'INT16', { int_contents: [-32768, 32767] }, new Uint8Array(Int16Array.of(-32768, 32767).buffer)],
  ['int32', 'INT32', { int_contents: [-(2 ** 31), 7] }, new Uint8Array(Int32Array.of(-(2 ** 31), 7).buffer)],
  [
    'int64',
    'INT64',
    { int64_contents: ['-9223372036854775808', '9007199254740993'] },
    new Uint8Array(BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n).buffer),
  ],
  ['uint8', 'UINT8', { uint_contents: [0, 255] }, Uint8Array.of(0, 255)],
  ['uint16', 'UINT16', { uint_contents: [0, 65535] }, new Uint8Array(Uint16Array.of(0, 65535).buffer)],
  ['uint32', 'UINT32', { uint_contents: [0, 2 ** 32 - 1] }, new Uint8Array(Uint32Array.of(0, 2 ** 32 - 1).buffer)],
  [
    'uint64',
    'UINT64',
    { uint64_contents: ['0', '18446744073709551615'] },
    new Uint8Array(BigUint64Array.of(0n, 2n ** 64n - 1n).buffer),
  ],
  ['bool', 'BOOL', { bool_contents: [true, false] }, Uint8Array.of(1, 0)],
  [
    'string',
    'BYTES',
    { bytes_contents: [Buffer.from('a'), Buffer.from('ö')] },
    Buffer.from([1, 0, 0, 0, 97, 2, 0, 0, 0, 0xc3, 0xb6]),
  ],
];
const input = ([name, datatype]: (typeof typed)[number]) => ({ name: `${name}_in`, datatype, shape: [2] });

test('every type is read and written raw and as typed contents, bit by bit', async () => {
  const { call } = await everyType();
  const raw = typed.map(([, , , bytes]) => bytes);
  const sent = { model_name: 'every', id: 'mine', inputs: typed.map(input) };
  const answer = await call('ModelInfer', { ...sent, raw_input_contents: raw });
  expect(answer).toMatchObject({ model_name: 'every', model_version: '1.0', id: 'mine' });
  expect(answer.raw_output_contents.map((bytes) => [...bytes])).toEqual(raw.map((bytes) => [...bytes]));
  // Half floats have no typed contents: they alone are raw, as KServe's client sends them.
  const mixed = typed.map((one) => ({ ...input(one), ...(one[2] === undefined ? {} : { contents: one[2] }) }));
  const again = await call('ModelInfer', { ...sent, inputs: mixed, raw_input_contents: [raw[2]] });
  expect(again.raw_output_contents.map((bytes) => [...bytes])).toEqual(raw.map((bytes) => [...bytes]));
});

test('invalid tensors are refused, with the field', async () => {
  const { call } = await everyType();
  const ask = (inputs: readonly object[], others: object = {}) =>
    statusOf(call('ModelInfer', { model_name: 'every', inputs, ...others }));
  const one = { name: 'int8_in', shape: [1] };
  expect(await ask([{ ...one, datatype: 'INT8', contents: { int_contents: [300] } }])).toEqual([
    'INVALID_ARGUMENT',
    expect.stringContaining('int8, from -128 to 127, got 300'),
  ]);
  expect(await ask([{ ...one, datatype: 'INT8', contents: { fp32_contents: [1] } }])).toEqual([
    'INVALID_ARGUMENT',
    'Input "int8_in": values of INT8 belong in int_contents, not in fp32_contents.',
  ]);
  expect((await ask([{ ...one, datatype: 'INT7' }]))[0]).toBe('INVALID_ARGUMENT');
  expect((await ask([], {}))[0]).toBe('INVALID_ARGUMENT');
  expect(
    (await ask([{ ...one, datatype: 'INT8' }], { raw_input_contents: [Buffer.alloc(1), Buffer.alloc(1)] }))[0],
  ).toBe('INVALID_ARGUMENT');
  expect(await statusOf(call('ModelInfer', { model_name: 'none' }))).toEqual(['NOT_FOUND', 'Model not found: none']);
  expect(await statusOf(call('ModelReady', { name: 'none' }))).toEqual(['NOT_FOUND', 'Model not found: none']);
  expect(await call('ModelMetadata', { name: 'every' })).toMatchObject({
    versions: ['1.0'],
    platform: 'onnxruntime_onnx',
  });
});

test('models are registered, described, scaled and removed, as over HTTP', async () => {
  const modelStore = await tempTree({});
  await makeModel(modelStore, { name: 'echo', code: handlerCode });
  const { handle } = await serveStore({ port: 0, grpcPort: 0, modelStore, enableModelApi: true });
  const management = grpcClient(handle.grpc?.management ?? '', 'management');
  const inference = grpcClient(handle.grpc?.inference ?? '', 'inference');
  expect(await statusOf(management.call('RegisterModel', {}))).toEqual([
    'INVALID_ARGUMENT',
    'Parameter url is required.',
  ]);
  const registered = await management.call('RegisterModel', {
    url: 'echo-1.0.mar',
    initial_workers: 1,
    synchronous: true,
  });
  expect(registered.msg).toBe('Model "echo" Version: 1.0 registered with 1 initial workers');
  expect(JSON.parse((await management.call('ListModels')).msg).models).toEqual([
    { modelName: 'echo', modelUrl: 'echo-1.0.mar' },
  ]);
  expect(JSON.parse((await management.call('DescribeModel', { model_name: 'echo' })).msg)[0].workers).toHaveLength(1);
  const names = await inference.call('Predictions', {
    model_name: 'echo',
    input: { kind: Buffer.from('names'), b: Buffer.from('1') },
  });
  expect(names.prediction.toString()).toBe('b kind');
  expect(
    (await statusOf(inference.call('Predictions', { model_name: 'echo', input: { kind: Buffer.from('raise') } })))[0],
  ).toBe('UNAVAILABLE');
  expect((await management.call('ScaleWorker', { model_name: 'echo', min_worker: 2, synchronous: true })).msg).toBe(
    'Workers scaled to 2 for model: echo',
  );
  expect(
    (await statusOf(management.call('ScaleWorker', { model_name: 'echo', min_worker: 2, max_worker: 1 })))[0],
  ).toBe('INVALID_ARGUMENT');
  expect((await statusOf(management.call('SetDefault', { model_name: 'echo', model_version: '9' })))[0]).toBe(
    'NOT_FOUND',
  );
  expect((await management.call('UnregisterModel', { model_name: 'echo' })).msg).toBe('Model "echo" unregistered');
  expect((await statusOf(management.call('UnregisterModel', { model_name: 'echo' })))[0]).toBe('NOT_FOUND');
});

test('each service needs its own key; health and readiness need none', async () => {
  const { handle, keys } = await serveStore({ port: 0, grpcPort: 0, tokenAuth: true });
  const target = handle.grpc?.inference ?? '';
  const [inference, management] = [grpcClient(target, 'inference'), grpcClient(target, 'management')];
  const withKey = (key: string) => ({ metadata: { authorization: `Bearer ${key}` } });
  const refused = ['PERMISSION_DENIED', expect.stringContaining('Token Authorization failed')];
  for (const options of [{}, withKey('wrong'), withKey(keys.management)])
    expect(await statusOf(inference.call('Ping', {}, options))).toEqual(refused);
  expect(await statusOf(management.call('ListModels', {}, withKey(keys.inference)))).toEqual(refused);
  expect(await statusOf(inference.call('Ping', {}, withKey(keys.inference)))).toEqual(['OK', '']);
  expect(await statusOf(management.call('ListModels', {}, withKey(keys.management)))).toEqual(['OK', '']);
  expect(await statusOf(management.call('RegisterModel', { url: 'x' }, withKey(keys.management)))).toEqual([
    'PERMISSION_DENIED',
    'Model API disabled',
  ]);
  expect(await grpcClient(target, 'health').call('Check')).toEqual({ status: 'SERVING' });
  expect(await grpcClient(target, 'openInference').call('ServerReady')).toEqual({ ready: true });
});

test('gRPC is served over TLS with the given certificate', async () => {
  const folder = await tempTree({});
  const { key, cert } = await makeCertificate(folder);
  const { handle } = await serveStore({ port: 0, grpcPort: 0, tlsKey: key, tlsCert: cert });
  const trusted = credentials.createSsl(await readFile(cert));
  expect(await grpcClient(handle.grpc?.inference ?? '', 'health', trusted).call('Check')).toEqual({
    status: 'SERVING',
  });
});

test('without --grpc no gRPC is served', async () => {
  const { handle } = await serveStore({ port: 0 });
  expect(handle.grpc).toBeUndefined();
});

test('the parts of a streamed answer arrive one by one, those of a sequence with its id', async () => {
  const { target } = await listenWith({
    async predict({ onPart }) {
      const part = answered('part');
      if (part.kind === 'answered') onPart?.(part.prediction);
      return answered('end');
    },
  });
  const client = grpcClient(target, 'inference');
  const heard: string[] = [];
  const stream = client.stream('StreamPredictions', { model_name: 'm' });
  stream.on('data', ({ prediction }) => heard.push(prediction.toString()));
  await once(stream, 'end');
  expect(heard).toEqual(['part', 'end']);
  const both = client.both('StreamPredictions2');
  const answers: unknown[] = [];
  both.on('data', ({ prediction, sequence_id, status }) =>
    answers.push([prediction.toString(), sequence_id, status?.message]),
  );
  both.write({ model_name: 'm', sequence_id: 's' });
  both.write({ model_name: 'm' });
  both.end();
  await once(both, 'end');
  expect(answers).toEqual([
    ['part', 's', undefined],
    ['end', 's', undefined],
    ['', undefined, 'Parameter sequenceId is required.'],
  ]);
});

test('a sequence is recognised by the configured headers', async () => {
  const marks: unknown[] = [];
  const { target } = await listenWith({
    async predict({ request }) {
      marks.push(request.headers);
      return answered('x');
    },
  });
  const call = grpcClient(target, 'inference').both('StreamPredictions2');
  const answers: string[] = [];
  call.on('data', ({ sequence_id }) => answers.push(sequence_id));
  call.write({ model_name: 'm', input: { 'the-start': Buffer.from('True') } });
  call.write({ model_name: 'm', sequence_id: 's', input: { 'the-end': Buffer.from('true') } });
  call.end();
  await once(call, 'end');
  expect(answers).toEqual([expect.stringMatching(/^ts-seq-/), 's']);
  expect(marks).toEqual([
    [
      ['the-id', answers[0]],
      ['the-start', 'true'],
    ],
    [
      ['the-id', 's'],
      ['the-end', 'true'],
    ],
  ]);
});

test('a health watcher gets every change, and the end', async () => {
  let ready = false;
  const does = {
    get ready() {
      return ready;
    },
  };
  const { target, close, tools } = await listenWith({});
  Object.defineProperty(tools.service, 'ready', { get: () => does.ready });
  const watching = grpcClient(target, 'health').stream('Watch');
  const statuses: unknown[] = [];
  watching.on('data', ({ status }) => statuses.push(status));
  await expect.poll(() => statuses).toEqual(['NOT_SERVING']);
  ready = true;
  await expect.poll(() => statuses, { timeout: 20_000 }).toEqual(['NOT_SERVING', 'SERVING']);
  await close();
  expect(statuses).toEqual(['NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  expect(await statusOf(grpcClient(target, 'health').call('Check', { service: 'none' }))).toEqual([
    'UNAVAILABLE',
    expect.any(String),
  ]);
});
