import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { float32 } from '../../../../src/handlers/sdk.ts';
import { parseNpy, toNpy } from '../../../../src/handlers/tensors/npy.ts';
import { bodies, request, startRunner } from '../../../serve/worker/model-folder.ts';

// Golden envelope-kserve/002: TorchServe's base_handler over the same weights.
const FIRST = [0.6468130946159363, 0.643048107624054, 0.42531490325927734];
const SECOND = [0.18261408805847168, -0.19485050439834595, -0.03645437955856323];

const base = (model: string) => startRunner({ handler: 'base_handler', model });
const answers = async (runner: Awaited<ReturnType<typeof base>>, ...inputs: unknown[]) =>
  bodies(await runner.predict(inputs.map((body) => request(body)))).map((body) => JSON.parse(body));

test('a list without the batch axis is one item, and each item of a batch gets its own row', async () => {
  expect(await answers(await base('linear4x3.onnx'), [1, 2, 3, 4], [0, 0, 0, 0])).toEqual([FIRST, SECOND]);
});

test('a list of full rank is a batch, also next to single items', async () => {
  const batch = [
    [1, 2, 3, 4],
    [0, 0, 0, 0],
  ];
  expect(await answers(await base('linear4x3.onnx'), [0, 0, 0, 0], batch, [1, 2, 3, 4])).toEqual([
    SECOND,
    [FIRST, SECOND],
    FIRST,
  ]);
});

test('a model with a fixed batch of two serves one item, and three', async () => {
  const runner = await base('double-two-rows.onnx');
  expect(await answers(runner, [1, 2, 3])).toEqual([[2, 4, 6]]);
  expect(await answers(runner, [1, 2, 3], [4, 5, 6], [7, 8, 9])).toEqual([
    [2, 4, 6],
    [8, 10, 12],
    [14, 16, 18],
  ]);
});

test('several inputs and outputs are matched by name, and integers stay integers', async () => {
  const runner = await base('sum-and-difference.onnx');
  const response = await runner.predict([request({ a: [5], b: [7] })]);
  expect(bodies(response)).toEqual(['{\n  "sum": [\n    12\n  ],\n  "difference": [\n    -2\n  ]\n}']);
});

test.each([
  ['a missing input', 'sum-and-difference.onnx', { a: [1] }, /Input "b" is missing/],
  [
    'a fraction for an integer',
    'sum-and-difference.onnx',
    { a: [1.5], b: [1] },
    /Input "a": expected an integer, got 1.5/,
  ],
  ['a wrong shape', 'linear4x3.onnx', [1, 2, 3], /expected shape \[\?, 4\], with or without the first axis, got \[3\]/],
  [
    'a missing input, with what was sent instead',
    'sum-and-difference.onnx',
    { a: [1], c: [2] },
    /the model takes a, b, and sent was a, c/,
  ],
  [
    'an integer that its type does not hold',
    'every-type.onnx',
    Object.fromEntries([
      ...'float double float16 int16 int32 int64 uint8 uint16 uint32 uint64 bool'
        .split(' ')
        .map((name) => [`${name}_in`, [1]]),
      ['int8_in', [200]],
      ['string_in', ['a']],
    ]),
    /Input "int8_in": expected int8, from -128 to 127, got 200/,
  ],
  [
    'an integer beyond 64 bits',
    'four-words.onnx',
    '[9223372036854775808]',
    /Input "ids": expected int64, from -9223372036854775808 to 9223372036854775807, got 9223372036854775808/,
  ],
  ['an integer with an exponent', 'four-words.onnx', '[1e18]', /Input "ids": expected an integer without an exponent/],
  ['NaN for an integer', 'four-words.onnx', '[NaN]', /Input "ids": expected an integer, got NaN/],
  ['null for a number', 'linear4x3.onnx', [1, null, 3, 4], /Input "input": expected a number, got null/],
  [
    'an unknown name beside the inputs',
    'sum-and-difference.onnx',
    { a: [1], b: [2], c: [3] },
    /The model has no input "c"; it has a, b/,
  ],
  [
    'an input with a default, which cannot be set here',
    'default-factor.onnx',
    { x: [1, 2], factor: [5] },
    /The model has no input "factor"; it has x/,
  ],
  [
    'the name of a method of objects',
    'linear4x3.onnx',
    '{"input": [1, 2, 3, 4], "toString": [1]}',
    /The model has no input "toString"; it has input/,
  ],
  ['an object without the input', 'linear4x3.onnx', '{"valueOf": [1]}', /Input "input" is missing/],
  [
    'an item of one input beside the whole of another',
    'sum-and-difference.onnx',
    { a: [1], b: 1 },
    /Either all inputs have a batch axis or none has: a came whole, b without the first axis/,
  ],
  [
    'a number that the model itself refuses',
    'four-words.onnx',
    [9],
    /The model cannot run on this input: .*Gather.*idx=9 must be within the inclusive range \[-4,3\]/,
  ],
  ['no JSON', 'linear4x3.onnx', 'text', /Expected a JSON list, an object with a list for each of the inputs input/],
])('%s is the client’s mistake, with a message', async (_, model, body, message) => {
  expect(await (await base(model)).predict([request(body)])).toMatchObject({
    code: 400,
    message: expect.stringMatching(message),
  });
});

test('an unknown field of a form is refused with the known names; next to a raw body it is a query parameter', async () => {
  const runner = await base('linear4x3.onnx');
  const row = '[1, 2, 3, 4]';
  const ask = (...names: string[]) =>
    runner.predict([{ ...request(row), parameters: names.flatMap((name) => request(row, { name }).parameters) }]);
  const refused = { code: 400, message: 'The model has no input "extra"; it has input.' };
  expect(await ask('input', 'extra')).toMatchObject(refused);
  expect(await ask('data', 'extra')).toMatchObject(refused);
  for (const names of [['input'], ['data'], ['body'], ['extra', 'body']]) expect((await ask(...names)).code).toBe(200);
});

test('an input of unknown rank accepts any shape', async () => {
  const runner = await base('any-rank.onnx');
  const inputs = [
    [
      [0, 1, 2],
      [3, 4, 5],
    ],
    [1],
    7,
    [[[[2]]]],
  ];
  expect(await answers(runner, ...inputs)).toEqual([
    [
      [-0, -1, -2],
      [-3, -4, -5],
    ],
    [-1],
    -7,
    [[[[-2]]]],
  ]);
  const beside = await base('any-rank-beside.onnx');
  expect(await answers(beside, { x: [[1, 2]], row: [[3, 4]] })).toEqual([[[4, 6]]]);
  expect(await beside.predict([request({ x: [1, 2], row: [3, 4] })])).toMatchObject({
    code: 400,
    message: 'Input "row": expected shape [?, 2], got [2].',
  });
});

test('a scalar input accepts one number only', async () => {
  expect(await (await base('double-scalar.onnx')).predict([request([[1], [2]])])).toMatchObject({ code: 400 });
});

test('NaN and Infinity are read and written as in Python', async () => {
  const runner = await base('any-rank.onnx');
  expect(bodies(await runner.predict([request('[NaN, Infinity, -Infinity]')]))).toEqual([
    '[\n  NaN,\n  -Infinity,\n  Infinity\n]',
  ]);
});

test('64-bit integers are exact in both directions', async () => {
  const runner = await base('sum-and-difference.onnx');
  const response = await runner.predict([request('{"a": [9007199254740993], "b": [-9223372036854775808]}')]);
  expect(bodies(response)).toEqual([
    '{\n  "sum": [\n    -9214364837600034815\n  ],\n  "difference": [\n    -9214364837600034815\n  ]\n}',
  ]);
});

test('outputs are in the model’s order, whatever their names', async () => {
  const runner = await base('names-of-objects.onnx');
  const names = ['b_out', '5', '__proto__', 'constructor'];
  const [plain] = bodies(await runner.predict([request({ 10: [1, 2], 2: [3, 5] })]));
  expect([...(plain as string).matchAll(/^ {2}"(\w+)"/gm)].map(([, name]) => name)).toEqual(names);
  const input = (name: string, data: number[]) => ({ name, datatype: 'FP32', shape: [2], data });
  const inputs = [input('10', [1, 2]), input('2', [3, 5])];
  const [v2] = await answers(runner, { inputs });
  expect(v2.outputs.map(({ name, data }: { name: string; data: number[] }) => [name, data])).toEqual([
    ['b_out', [-1, -2]],
    ['5', [4, 7]],
    ['__proto__', [-2, -3]],
    ['constructor', [3, 10]],
  ]);
  const [some] = await answers(runner, { inputs, outputs: [{ name: 'constructor' }, { name: '5' }] });
  expect(some.outputs.map(({ name }: { name: string }) => name)).toEqual(['constructor', '5']);
});

test('one number is a request of a model with a scalar input, as JSON and as text', async () => {
  const runner = await base('double-scalar.onnx');
  const response = await runner.predict([request(1.5), request(' 4\n')]);
  expect(bodies(response)).toEqual(['3.0', '8.0']);
});

test('JSON that curl -d sent as a form is recognised, with the header to send', async () => {
  const runner = await base('linear4x3.onnx');
  expect(await runner.predict([request('', { name: '[1, 2, 3, 4]' })])).toMatchObject({
    code: 400,
    message:
      'The request has no field named data or body; its fields are "[1, 2, 3, 4]". JSON needs the header Content-Type: application/json.',
  });
});

test('a model in ORT format is run', async () => {
  const [steps] = await answers(await base('quantised-steps.ort'), [0.04, 0.12, -9, 99]);
  expect(steps.map((step: number) => step.toFixed(1))).toEqual(['0.0', '0.1', '-0.3', '25.2']);
});

test('an empty list is refused by every model', async () => {
  expect(await answers(await base('no-rows.onnx'), [])).toEqual([[]]);
  expect(await answers(await base('linear4x3.onnx'), [])).toEqual([[]]);
});

test('an output without the batch axis is answered unchanged', async () => {
  expect(await answers(await base('total.onnx'), [1, 2, 3])).toEqual([6]);
  expect(await answers(await base('total.onnx'), [1, 2, 3], [4, 5, 6])).toEqual([6, 15]);
});

describe('outputs that are not tensors', () => {
  test('the ZipMap probabilities of scikit-learn’s converter are answered as a tensor', async () => {
    const runner = await base('zip-map.onnx');
    expect(await answers(runner, [0.25, 0.75])).toEqual([{ label: 1, probability: [0.25, 0.75] }]);
    expect(await answers(runner, [[0.5, 0.25]])).toEqual([{ label: [0], probability: [[0.5, 0.25]] }]);
    expect(runner.logged).toEqual([]);
  });

  test('also if the weights are in an external data file', async () => {
    const bin = await readFile(join(packageRoot, 'test/fixtures/models/zip-map-external.bin'));
    const files = { 'zip-map-external.bin': bin };
    const runner = await startRunner({ handler: 'base_handler', model: 'zip-map-external.onnx', files });
    expect(await answers(runner, [0.25, 0.75])).toEqual([{ label: 1, probability: [0.75, 0.25] }]);
  });

  test('any other is omitted, with a log line', async () => {
    const runner = await base('sequence-beside.onnx');
    expect(await answers(runner, [1, 2])).toEqual([[-1, -2]]);
    expect(runner.logged).toEqual([
      'The output "list" is a sequence, map or optional value and is left out of answers.',
    ]);
  });

  test.each([
    ['sequence-alone.onnx', /none of its outputs is a tensor/],
    [
      'bfloat16-out.onnx',
      /an input or output is bfloat16, which onnxruntime-node has no tensors for; end the model in a Cast/,
    ],
    ['sequence-in.onnx', /its input "list" is a sequence, map or optional value/],
  ])('%s is refused at load, with the reason', async (model, message) => {
    await expect(base(model)).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringMatching(message) });
  });
});

describe('numpy files', () => {
  const array = (values: number[], shape: number[]) => toNpy(float32(values, shape));

  test('are accepted, and answered with numpy files unless JSON is asked for', async () => {
    const runner = await base('linear4x3.onnx');
    const response = await runner.predict([
      request(array([1, 2, 3, 4, 0, 0, 0, 0], [2, 4])),
      request(array([1, 2, 3, 4], [4]), { headers: { Accept: 'application/json' } }),
      request([0, 0, 0, 0], { headers: { accept: 'application/x-npy' } }),
    ]);
    const [batch, item, asked] = response.predictions;
    expect(parseNpy(batch?.body as Uint8Array)).toEqual(float32([...FIRST, ...SECOND], [2, 3]));
    expect(JSON.parse(Buffer.from(item?.body as Uint8Array).toString())).toEqual(FIRST);
    expect(parseNpy(asked?.body as Uint8Array)).toEqual(float32(SECOND, [3]));
    expect([batch, item, asked].map((one) => one?.contentType)).toEqual(['application/x-npy', '', 'application/x-npy']);
  });

  test('a form has a field for each input, with lists or files', async () => {
    const runner = await base('sum-and-difference.onnx');
    const field = (name: string, value: Uint8Array | string) => ({ name, contentType: '', value: Buffer.from(value) });
    const numbers = toNpy({ dtype: 'int64', shape: [1], data: BigInt64Array.of(5n) });
    const response = await runner.predict([
      { id: 'r', headers: [], parameters: [field('a', numbers), field('b', '[7]')] },
    ]);
    expect(JSON.parse(bodies(response)[0] as string)).toEqual({ sum: [12], difference: [-2] });
  });

  test('float64 and int64, the defaults of numpy, are converted to the input type of the model', async () => {
    const runner = await base('linear4x3.onnx');
    const doubles = toNpy({ dtype: 'float64', shape: [4], data: Float64Array.of(1, 2, 3, 4) });
    const integers = toNpy({ dtype: 'int64', shape: [4], data: BigInt64Array.of(1n, 2n, 3n, 4n) });
    const { predictions } = await runner.predict([request(doubles), request(integers)]);
    expect(predictions.map(({ body }) => parseNpy(body))).toEqual([float32(FIRST, [3]), float32(FIRST, [3])]);
  });

  test('a lossy conversion is refused, with the input', async () => {
    const floats = toNpy({ dtype: 'float32', shape: [1], data: Float32Array.of(1) });
    expect(await (await base('four-words.onnx')).predict([request(floats)])).toMatchObject({
      code: 400,
      message: 'Input "ids": expected int64, got float32.',
    });
  });
});

describe('KServe v2', () => {
  const input = (data: unknown, shape = [1, 4]) => ({ name: 'input', shape, datatype: 'FP32', data });

  test('is answered in v2, for flat and nested data, each request of a batch with its own shape', async () => {
    const runner = await base('linear4x3.onnx');
    const given = [
      { id: 'one', inputs: [input([1, 2, 3, 4])] },
      {
        inputs: [
          input(
            [
              [1, 2, 3, 4],
              [0, 0, 0, 0],
            ],
            [2, 4],
          ),
        ],
        outputs: [{ name: 'output' }],
      },
      { id: 'three', inputs: [input([[0, 0, 0, 0]])] },
    ];
    const results = (await answers(runner, ...given)) as { id?: string; outputs: [{ shape: number[] }] }[];
    expect(results[0]).toEqual({
      id: 'one',
      model_name: 'm',
      model_version: '1.0',
      outputs: [{ name: 'output', datatype: 'FP32', shape: [1, 3], data: FIRST }],
    });
    expect(results[1]?.outputs).toEqual([
      { name: 'output', datatype: 'FP32', shape: [2, 3], data: [...FIRST, ...SECOND] },
    ]);
    expect(results[2]?.outputs[0]).toMatchObject({ shape: [1, 3], data: SECOND });
  });

  test('supports every type, and answers only the requested outputs', async () => {
    const types = {
      FP32: [0.5],
      FP64: [0.1],
      FP16: [0.25],
      INT8: [-8],
      INT16: [-16],
      INT32: [-32],
      INT64: [-64],
      UINT8: [8],
      UINT16: [16],
      UINT32: [32],
      UINT64: [64],
      BOOL: [true],
      BYTES: ['é'],
    };
    const onnx: Record<string, string> = { FP32: 'float', FP64: 'double', FP16: 'float16', BYTES: 'string' };
    const name = (type: string) => onnx[type] ?? type.toLowerCase();
    const inputs = Object.entries(types).map(([datatype, data]) => ({
      name: `${name(datatype)}_in`,
      datatype,
      shape: [1],
      data,
    }));
    const outputs = Object.keys(types)
      .reverse()
      .map((type) => ({ name: `${name(type)}_out` }));
    const [answer] = (await answers(await base('every-type.onnx'), { inputs, outputs })) as [{ outputs: object[] }];
    expect(answer.outputs).toEqual(
      Object.entries(types)
        .reverse()
        .map(([datatype, data]) => ({ name: `${name(datatype)}_out`, datatype, shape: [1], data })),
    );
  });

  test.each([
    [
      'data that does not fill the shape',
      { inputs: [input([1, 2])] },
      'Input "input": shape [1, 4] holds 4 values, but there are 2.',
    ],
    ['an unknown type', { inputs: [{ ...input([]), datatype: 'FP8' }] }, /^Inputs\.0\.datatype: /],
    ['an unknown input', { inputs: [{ ...input([1], [1]), name: 'x' }] }, 'The model has no input "x"; it has input.'],
    [
      'an unknown output',
      { inputs: [input([1, 2, 3, 4])], outputs: [{ name: 'y' }] },
      'The model has no output "y"; it has output.',
    ],
  ])('%s is the client’s mistake', async (_, body, message) => {
    const response = await (await base('linear4x3.onnx')).predict([request(body)]);
    expect(response).toMatchObject({
      code: 400,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });
});

test('JSON is recognised without its content type, as curl sends a file', async () => {
  expect(
    bodies(await (await base('linear4x3.onnx')).predict([request('[1, 2, 3, 4]'), request(' [1, 2')])).length,
  ).toBe(2);
});

test('the envelope of KServe v2 passes an input with its name and shape', async () => {
  const parts = { handler: 'base_handler', model: 'linear4x3.onnx' };
  const runner = await startRunner(parts, { batchSize: 1, envelope: 'kservev2' });
  const inputs = [{ name: 'any', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }];
  expect(await answers(runner, { inputs })).toMatchObject([{ outputs: [{ name: 'any', data: FIRST }] }]);
});

describe('KServe v2', () => {
  const input = (name: string, data: unknown[]) => ({ name, datatype: 'INT64', shape: [data.length], data });

  test('an input given twice is refused', async () => {
    const inputs = [input('a', [1]), input('b', [2]), input('a', [3])];
    expect(await (await base('sum-and-difference.onnx')).predict([request({ inputs })])).toMatchObject({
      code: 400,
      message: 'Input "a" is given more than once.',
    });
  });

  test('64-bit integers are exact', async () => {
    const body =
      '{"inputs": [{"name": "a", "datatype": "INT64", "shape": [2], "data": [9007199254740993, -9223372036854775807]}, {"name": "b", "datatype": "INT64", "shape": [2], "data": [0, -1]}]}';
    const [text] = bodies(await (await base('sum-and-difference.onnx')).predict([request(body)]));
    expect((text as string).match(/-?\d{16,}/g)).toEqual([
      '9007199254740993',
      '-9223372036854775808',
      '9007199254740993',
      '-9223372036854775806',
    ]);
  });

  test.each([
    ['that is no UTF-8', [0xff, 0xfe], /a string is not UTF-8/],
    ['with half a character at the end', [0x61, 0xc3], /a string is not UTF-8/],
    ['of UTF-8, with a byte order mark', [0xef, 0xbb, 0xbf, 0xc3, 0xa9], undefined],
  ])('binary BYTES %s are refused or kept byte for byte', async (_, bytes, refused) => {
    const runner = await base('every-type.onnx');
    const names = 'float double float16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string'.split(' ');
    const types = 'FP32 FP64 FP16 INT8 INT16 INT32 INT64 UINT8 UINT16 UINT32 UINT64 BOOL BYTES'.split(' ');
    const inputs = names.map((name, i) => ({
      name: `${name}_in`,
      datatype: types[i],
      shape: [1],
      ...(name === 'string' ? { parameters: { binary_data_size: 4 + bytes.length } } : { data: [1] }),
    }));
    const outputs = [{ name: 'string_out', parameters: { binary_data: true } }];
    const json = Buffer.from(JSON.stringify({ inputs, outputs }));
    const body = Buffer.concat([json, Buffer.of(bytes.length, 0, 0, 0), Buffer.from(bytes)]);
    const headers = { 'Inference-Header-Content-Length': String(json.length) };
    const response = await runner.predict([request(body, { headers })]);
    if (refused !== undefined) {
      expect(response).toMatchObject({ code: 400, message: expect.stringMatching(refused) });
      return;
    }
    const sent = response.predictions[0]?.body as Uint8Array;
    expect([...sent.slice(-bytes.length)]).toEqual(bytes);
  });
});
