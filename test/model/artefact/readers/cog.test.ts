import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

const cog =
  'image: r8.im/me/resnet:v1\nbuild:\n  python_version: 3.10\n  python_packages:\n    - torch==2.0.1\npredict: predict.py:Classifier\n';
const script =
  'from cog import BasePredictor\n\n\nclass Classifier(BasePredictor):\n    def predict(self, x: int) -> int:\n        return x\n';

test('it is named, and what its handler has to do is said', async () => {
  const { artefact, packed } = await packFiles({ 'cog.yaml': cog, 'predict.py': script });
  expect(artefact).toMatchObject({
    tool: 'cog',
    modelName: 'resnet',
    versions: { python: '3.10' },
    entryPoint: 'predict.py:Classifier',
    requirements: ['torch==2.0.1'],
  });
  expect(artefact?.pack.advice).toContain('Classifier() of predict.py');
  expect(packed?.errors).toEqual([]);
  expect(packed?.model).toMatchObject({
    modelName: 'resnet',
    handler: 'handler.py',
    requirementsFile: 'requirements.txt',
  });
  expect(packed?.names).toContain('predict.py');
});

test('a file of requirements is packed as it is', async () => {
  const { artefact, packed } = await packFiles({
    'cog.yaml': 'build:\n  python_requirements: deps.txt\npredict: p.py:P\n',
    'deps.txt': 'numpy==1.26.4\n',
    'p.py': script,
  });
  expect(artefact?.requirements).toEqual(['numpy==1.26.4']);
  expect(packed?.model).toMatchObject({ requirementsFile: 'deps.txt' });
});

test.each([
  ['paths that lead out', 'build:\n  python_requirements: ../../x.txt\npredict: ../../p.py:P\n'],
  ['other types', 'build: 5\npredict: [a]\n'],
  ['no YAML', '{'],
])('%s end nothing', async (_, text) => {
  expect((await packFiles({ 'cog.yaml': text })).artefact).toMatchObject({
    tool: 'cog',
    modelName: 'm',
    requirements: [],
  });
});
