/** Vectors against sentence-transformers' arithmetic: test/fixtures/embedding/make_vectors.py records it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { bodies, request, startRunner } from '../../../serve/worker/model-folder.ts';

type Vectors = readonly (readonly number[])[];
interface Expected {
  readonly texts: readonly string[];
  readonly pooled: Readonly<Record<string, Vectors>>;
  readonly normalized: Vectors;
  readonly truncated: Vectors;
}

const fixtures = join(packageRoot, 'test', 'fixtures');
const expected: Expected = JSON.parse(readFileSync(join(fixtures, 'embedding', 'expected.json'), 'utf8'));
const tokenizer = readFileSync(join(fixtures, 'text', 'tokenizer.json'));

const start = (config: string, files: Record<string, string> = {}, model = 'token-vectors') =>
  startRunner({
    handler: 'text_embedding',
    model: `../embedding/${model}.onnx`,
    files: { 'tokenizer.json': tokenizer, ...files },
    config: config || '{}',
  });
type Runner = Awaited<ReturnType<typeof start>>;

async function embedEach(runner: Runner): Promise<number[][]> {
  return bodies(await runner.predict(expected.texts.map((text) => request(text)))).map((body) => JSON.parse(body));
}

function expectNear(found: Vectors, wanted: Vectors): void {
  expect(found.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
  for (const [at, vector] of wanted.entries())
    for (const [i, value] of vector.entries()) expect(found[at]?.[i]).toBeCloseTo(value, 5);
}

describe('texts of different lengths in one batch', () => {
  test.each(['mean', 'cls', 'last', 'max'])('%s', async (pooling) => {
    expectNear(await embedEach(await start(`postprocess: { pooling: ${pooling} }`)), expected.pooled[pooling] ?? []);
  });

  test('length 1, and no more tokens than are asked for', async () => {
    expectNear(await embedEach(await start('postprocess: { normalize: true }')), expected.normalized);
    const short = 'preprocess: { maxLength: 4 }\npostprocess: { normalize: true }';
    expectNear(await embedEach(await start(short)), expected.truncated);
  });

  test('an output that is a vector a text already is taken as it is', async () => {
    expectNear(await embedEach(await start('', {}, 'sentence-vectors')), expected.pooled.none ?? []);
    const asked = 'postprocess: { pooling: cls }';
    expectNear(await embedEach(await start(asked, {}, 'sentence-vectors')), expected.pooled.cls ?? []);
  });
});

test('the files of sentence-transformers say how', async () => {
  const pooling = { '1_Pooling/config.json': '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}' };
  expectNear(await embedEach(await start('', pooling)), expected.pooled.cls ?? []);
  const newer = { '1_Pooling/config.json': '{"pooling_mode": "max"}' };
  expectNear(await embedEach(await start('', newer)), expected.pooled.max ?? []);
  const modules = { 'modules.json': '[{"type": "sentence_transformers.models.Normalize"}]' };
  expectNear(await embedEach(await start('', modules)), expected.normalized);
  const length = { ...modules, 'sentence_bert_config.json': '{"max_seq_length": 4}' };
  expectNear(await embedEach(await start('', length)), expected.truncated);
});

test('a list of texts is answered with a list, and a prompt stands before each', async () => {
  const [body = ''] = bodies(await (await start('')).predict([request(expected.texts)]));
  expectNear(JSON.parse(body), expected.pooled.mean ?? []);
  const [prompted = ''] = bodies(await (await start('preprocess: { prompt: "a good " }')).predict([request('film')]));
  expectNear([JSON.parse(prompted)], expected.pooled.mean?.slice(0, 1) ?? []);
});

test('only so many numbers are kept, and what is kept is normalised', async () => {
  const [vector = []] = await embedEach(await start('postprocess: { dimensions: 2, normalize: true }'));
  expect(vector).toHaveLength(2);
  expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
});

test.each([
  ['{"texts": 1}', 400],
  ['[1, 2]', 400],
  ['[]', 200],
])('%s: %i', async (body, status) => {
  const { code } = await (await start('')).predict([request(body, { type: 'application/json' })]);
  expect(code).toBe(status);
});

test.each([
  ['a key that is none', 'postprocess: { poling: cls }', {}, /poling/],
  ['an output that is none', 'postprocess: { name: x }', {}, /postprocess\.name is x; .*last_hidden_state/],
  ['a pooling that no output fits', 'postprocess: { pooling: none }', {}, /no output fits postprocess\.pooling none/],
  [
    'several ways at a time',
    '{}',
    { '1_Pooling/config.json': '{"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true}' },
    /pooling_mode_cls_token and pooling_mode_max_tokens/,
  ],
])('%s is refused at load', async (_, config, files, message) => {
  await expect(start(config, files)).rejects.toMatchObject({ message: expect.stringMatching(message) });
});
