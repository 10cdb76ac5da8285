import { expect, test } from 'vitest';
import { bodies, request, startRunner } from '../../serve/worker/model-folder.ts';

// Golden envelope-kserve/002: TorchServe's base_handler over the same weights.
const FIRST = [0.6468130946159363, 0.643048107624054, 0.42531490325927734];
const SECOND = [0.18261408805847168, -0.19485050439834595, -0.03645437955856323];

const base = (model: string) => startRunner({ handler: 'base_handler', model });
const answers = async (runner: Awaited<ReturnType<typeof base>>, ...inputs: unknown[]) =>
  bodies(await runner.predict(inputs.map((body) => request(body)))).map((body) => JSON.parse(body));

test('a list without the batch axis is one item, and items of a batch are answered each with its own row', async () => {
  expect(await answers(await base('linear4x3.onnx'), [1, 2, 3, 4], [0, 0, 0, 0])).toEqual([FIRST, SECOND]);
});

test('a list of full rank is a batch of its own, also beside items', async () => {
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

test('a model that takes exactly two rows serves one item, and three', async () => {
  const runner = await base('double-two-rows.onnx');
  expect(await answers(runner, [1, 2, 3])).toEqual([[2, 4, 6]]);
  expect(await answers(runner, [1, 2, 3], [4, 5, 6], [7, 8, 9])).toEqual([
    [2, 4, 6],
    [8, 10, 12],
    [14, 16, 18],
  ]);
});

test('several inputs come by name, several outputs go by name, and integers stay integers', async () => {
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
  ['no JSON', 'linear4x3.onnx', 'text', /Expected a JSON list, an object with a list for each of the inputs input/],
])('%s is the client’s mistake, in words', async (_, model, body, message) => {
  expect(await (await base(model)).predict([request(body)])).toMatchObject({
    code: 400,
    message: expect.stringMatching(message),
  });
});
