import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

const linear = await readFile(new URL('../../../fixtures/models/linear4x3.onnx', import.meta.url));

const modules = JSON.stringify([
  { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
  { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
]);
const common = {
  'modules.json': modules,
  'config.json': '{"model_type":"bert","architectures":["BertModel"]}',
  'tokenizer.json': '{}',
  '1_Pooling/config.json': '{}',
  'config_sentence_transformers.json': '{"__version__":{"sentence_transformers":"3.0.0"}}',
};

test('with an ONNX export it runs, and what is left to the caller is said', async () => {
  const { artefact, packed } = await packFiles({ ...common, 'onnx/model.onnx': linear });
  expect(artefact).toMatchObject({
    tool: 'sentence-transformers',
    flavours: ['Transformer', 'Pooling'],
    versions: { sentence_transformers: '3.0.0' },
  });
  expect(artefact?.notes.join()).toContain('Pooling');
  expect(packed?.errors).toEqual([]);
  expect(packed?.model).toMatchObject({ handler: 'base_handler', serializedFile: 'model.onnx' });
});

test('with weights of torch the handler is the user’s, and the whole folder comes along', async () => {
  const safetensors = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]);
  const { artefact, packed } = await packFiles({ ...common, 'model.safetensors': safetensors });
  expect(artefact?.pack.advice).toContain('SentenceTransformer(model_dir)');
  expect(packed?.names).toEqual(expect.arrayContaining(['1_Pooling/config.json', 'model.safetensors', 'modules.json']));
});

test.each([
  ['modules of another program', { 'modules.json': '[{"type": "other.Module"}]' }],
  ['an object', { 'modules.json': '{}' }],
  ['no JSON', { 'modules.json': '[' }],
])('%s are none', async (_, files) => {
  expect((await packFiles(files)).artefact).toBeUndefined();
});
