import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

const linear = await readFile(new URL('../../../fixtures/models/linear4x3.onnx', import.meta.url));

const settings = (uri: string | undefined, implementation = 'mlserver_sklearn.SKLearnModel') =>
  JSON.stringify({ name: 'iris', implementation, parameters: { uri, version: 'v1' } });

test.each([
  [
    'a model beside it',
    {
      'model-settings.json': settings('./model.json', 'mlserver_xgboost.XGBoostModel'),
      'model.json': '{"learner":{}}',
    },
    'handler.py',
    'model.json',
  ],
  [
    'ONNX',
    { 'model-settings.json': settings('model.onnx', 'models.Onnx'), 'model.onnx': linear, 'models.py': 'x = 1\n' },
    'base_handler',
    'model.onnx',
  ],
])('%s', async (_, files, handler, serializedFile) => {
  const { artefact, packed } = await packFiles(files);
  expect(artefact).toMatchObject({ tool: 'mlserver', modelName: 'iris', modelVersion: 'v1' });
  expect(packed?.model).toMatchObject({ modelName: 'iris', modelVersion: 'v1', handler, serializedFile });
});

test('a path that leads out is told, and not followed', async () => {
  const { artefact, packed } = await packFiles({ 'model-settings.json': settings('../../etc/passwd') });
  expect(artefact?.notes.join()).toContain('../../etc/passwd');
  expect(packed?.model).not.toHaveProperty('serializedFile');
});

test.each([
  ['settings of another program', '{"name": "x"}'],
  ['no JSON', '{'],
  ['a list', '[]'],
])('%s are none of MLServer', async (_, text) => {
  expect((await packFiles({ 'model-settings.json': text })).artefact).toBeUndefined();
});
