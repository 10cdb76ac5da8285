import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

const linear = await readFile(new URL('../../../fixtures/models/linear4x3.onnx', import.meta.url));

const model =
  'name: iris\nversion: abc123\nmodule: bentoml.onnx\ncontext:\n  framework_name: onnx\n  framework_versions:\n    onnx: 1.15.0\n  bentoml_version: 1.2.0\n  python_version: 3.10\n';
const bento =
  'service: service.py:Iris\nname: iris\nversion: xyz\nbentoml_version: 1.4.0\nmodels:\n- tag: iris:abc123\n  module: bentoml.onnx\n';

test('an ONNX model of the model store runs by itself', async () => {
  const { artefact, packed } = await packFiles({ 'model.yaml': model, 'saved_model.onnx': linear });
  expect(artefact).toMatchObject({
    tool: 'bentoml',
    modelName: 'iris',
    modelVersion: 'abc123',
    framework: 'onnx',
    versions: { bentoml: '1.2.0', python: '3.10', onnx: '1.15.0' },
  });
  expect(packed?.errors).toEqual([]);
  expect(packed?.model).toMatchObject({ handler: 'base_handler', serializedFile: 'saved_model.onnx' });
});

test('a Bento is code: its handler is the user’s, its models and packages come along', async () => {
  const { artefact, packed } = await packFiles({
    'bento.yaml': bento,
    'src/service.py': 'class Iris:\n    pass\n',
    'models/iris/abc123/model.yaml': model,
    'models/iris/abc123/saved_model.onnx': linear,
    'env/python/requirements.txt': 'bentoml==1.4.0\n',
    'env/docker/Dockerfile': 'FROM x',
  });
  expect(artefact).toMatchObject({
    name: 'Bento of BentoML',
    entryPoint: 'service.py:Iris',
    requirements: ['bentoml==1.4.0'],
  });
  expect(artefact?.pack.advice).toContain('service.py:Iris');
  expect(packed?.errors).toEqual([]);
  expect(packed?.names).toEqual(
    expect.arrayContaining(['handler.py', 'models/iris/abc123/saved_model.onnx', 'requirements.txt', 'src/service.py']),
  );
  expect(packed?.names).not.toContain('env/docker/Dockerfile');
});

test.each([
  ['a bento.yaml of other types', { 'bento.yaml': 'models: 5\nname: [a]\n' }, 'bentoml'],
  ['a bento.yaml that is no YAML', { 'bento.yaml': '{' }, 'bentoml'],
  ['a model.yaml of another program', { 'model.yaml': 'name: x\nlayers: 5\n', 'model.onnx': linear }, undefined],
])('%s', async (_, files, tool) => {
  expect((await packFiles(files)).artefact?.tool).toBe(tool);
});
