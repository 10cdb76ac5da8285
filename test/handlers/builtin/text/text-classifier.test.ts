import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { softmax } from '../../../../src/handlers/sdk.ts';
import { bodies, type ModelParts, request, startRunner } from '../../../serve/worker/model-folder.ts';

const tokenizer = readFileSync(join(packageRoot, 'test', 'fixtures', 'text', 'tokenizer.json'));
const classifier = (parts: Partial<ModelParts>) => startRunner({ handler: 'text_classifier', ...parts });
const RAW = 'postprocess: { output: probabilities }\n';

describe('with a tokenizer.json', () => {
  const start = (config = RAW) =>
    classifier({ model: 'token-sums.onnx', files: { 'tokenizer.json': tokenizer }, config });

  test('texts of different lengths share a batch, and padding does not change the answers', async () => {
    const response = await (await start()).predict([
      request('a good film'),
      request('good'),
      request('"not very good"', { type: 'application/json' }),
    ]);
    // [CLS] 2 a 4 good 9 film 11 [SEP] 3, and so on; the second score is how many count.
    expect(bodies(response).map((body) => Object.values(JSON.parse(body)))).toEqual([
      [29, 5],
      [14, 3],
      [29, 5],
    ]);
  });

  test('the input names of BERT, and position ids, are recognised', async () => {
    const runner = await classifier({ model: 'token-names.onnx', files: { 'tokenizer.json': tokenizer }, config: RAW });
    const [body] = bodies(await runner.predict([request('a good film'), request('good')]));
    expect(Object.values(JSON.parse(body as string))).toEqual([29, 5, 0, 10]);
  });

  test('a single input is the token ids whatever its name, and a single score is class 1 against class 0', async () => {
    const runner = await classifier({ model: 'token-only.onnx', files: { 'tokenizer.json': tokenizer }, config: RAW });
    expect(JSON.parse(bodies(await runner.predict([request('good')]))[0] as string)).toEqual({ 0: -13, 1: 14 });
  });

  test('model_max_length of tokenizer_config.json truncates longer texts', async () => {
    const files = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': '{"model_max_length":4}' };
    const runner = await classifier({ model: 'token-sums.onnx', files, config: RAW });
    expect(bodies(await runner.predict([request('a good film')]))).toEqual(['{\n  "0": 18.0,\n  "1": 4.0\n}']);
  });

  test('maxLength truncates and keeps the special tokens', async () => {
    const runner = await start(`${RAW}preprocess: { maxLength: 4 }\n`);
    expect(bodies(await runner.predict([request('a good film')]))).toEqual(['{\n  "0": 18.0,\n  "1": 4.0\n}']);
  });

  test('answers every class in the order of the classes, with a softmax or a sigmoid for each', async () => {
    const [sums] = bodies(await (await start('')).predict([request('')]));
    const expected = Array.from(softmax([5, 2]), Math.fround);
    expect(JSON.parse(sums as string)).toEqual({ 0: expected[0], 1: expected[1] });
    const [each] = bodies(await (await start('postprocess: { output: independent }')).predict([request('')]));
    expect(JSON.parse(each as string)[1]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  });

  test('topk answers the best classes, best first', async () => {
    const best = async (topk: number) => {
      const runner = await start(`postprocess: { output: probabilities, topk: ${topk} }`);
      return Object.entries(JSON.parse(bodies(await runner.predict([request('good')]))[0] ?? ''));
    };
    expect([await best(1), await best(9)]).toEqual([
      [['0', 14]],
      [
        ['0', 14],
        ['1', 3],
      ],
    ]);
  });

  test.each([
    ['a number', 3, 'Expected a text'],
    ['bytes that are not UTF-8', Uint8Array.of(0xff), 'not UTF-8'],
  ])('%s is the client’s mistake', async (_, body, message) => {
    const response = await (await start()).predict([request(body)]);
    expect(response).toMatchObject({ code: 400, message: expect.stringContaining(message) });
  });
});

describe('with a plain vocabulary', () => {
  const files = {
    'source_vocab.json': '{"<unk>":0,"good":1,"film":2,"good film":3,"is not":4}',
    'index_to_name.json': JSON.stringify({ object_type_names: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }),
  };

  test('words and pairs become ids, cleaned as TorchServe cleans them', async () => {
    const runner = await classifier({ model: 'bag-of-eight.onnx', files, config: RAW });
    const [body] = bodies(await runner.predict([request('<b>Good</b> film, isn’t')]));
    expect(Object.values(JSON.parse(body as string))).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(Object.keys(JSON.parse(body as string))).toEqual([...'abcdefgh']);
  });

  test('offsets separate the texts of a batch', async () => {
    const runner = await classifier({ model: 'first-of-each.onnx', files, config: RAW });
    const response = await runner.predict([request('film good film'), request('unheard'), request('good')]);
    const firsts = bodies(response).map((body) => Object.values(JSON.parse(body)).indexOf(8));
    expect(firsts).toEqual([2, 0, 1]);
  });

  test('a text without words, and an unknown word without <unk>, are the client’s mistakes', async () => {
    const runner = await classifier({ model: 'bag-of-eight.onnx', files: { 'source_vocab.txt': 'good' } });
    expect(await runner.predict([request(' ?!')])).toMatchObject({ code: 400, message: 'The text has no words.' });
    expect(await runner.predict([request('bad')])).toMatchObject({
      code: 400,
      message: expect.stringContaining('"bad"'),
    });
  });
});

test.each([
  [
    'no vocabulary at all',
    {},
    'bag-of-eight.onnx',
    /needs tokenizer\.json, source_vocab\.json or source_vocab\.txt$|source_vocab\.txt\./,
  ],
  ['a pickled vocabulary', { 'source_vocab.pt': 'x' }, 'bag-of-eight.onnx', /source_vocab\.pt needs torch.*get_stoi/],
  [
    'a tokenizer for a model of other inputs',
    { 'tokenizer.json': tokenizer },
    'sum-and-difference.onnx',
    /this model has "a"/,
  ],
  [
    'a score for each token',
    { 'tokenizer.json': tokenizer },
    'token-only.onnx',
    /output "each" has shape \[\?, \?, 2\], and a classifier needs one score a class/,
    'postprocess: { name: each }',
  ],
  [
    'a model of images',
    { 'source_vocab.txt': 'a' },
    'channel-means.onnx',
    /input "image" is float32 .* ids are int64 or int32/,
  ],
])('%s is refused at load', async (_, files, model, message, config = '') => {
  await expect(classifier({ model, files, config })).rejects.toMatchObject({ message: expect.stringMatching(message) });
});
