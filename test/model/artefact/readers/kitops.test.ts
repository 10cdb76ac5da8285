import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

const linear = await readFile(new URL('../../../fixtures/models/linear4x3.onnx', import.meta.url));
const handler = 'def handle(data, context):\n    return data\n';

const kitfile = (model: string, more = '') =>
  `manifestVersion: "1.0"\npackage:\n  name: iris\n  version: 1.10\nmodel:\n  name: iris-model\n  path: ${model}\n  framework: onnx\n${more}`;

test.each([
  [
    'ONNX',
    { Kitfile: kitfile('./model.onnx'), 'model.onnx': linear },
    { handler: 'base_handler', serializedFile: 'model.onnx' },
  ],
  [
    'a folder of the model',
    { Kitfile: kitfile('weights'), 'weights/model.onnx': linear, 'weights/labels.txt': 'a' },
    { handler: 'base_handler' },
  ],
  [
    'code that is a handler of TorchServe',
    {
      Kitfile: kitfile('model.onnx', 'code:\n  - path: src\n'),
      'model.onnx': linear,
      'src/serve.py': handler,
      'src/requirements.txt': 'numpy==1.26.4\n',
    },
    { handler: 'serve.py', requirementsFile: 'src/requirements.txt' },
  ],
  [
    'weights that need a handler',
    { Kitfile: kitfile('model.bin', 'code:\n  - path: ./src/\n'), 'model.bin': 'x', 'src/a.py': 'x = 1\n' },
    { handler: 'handler.py', serializedFile: 'model.bin' },
  ],
  [
    'a part that is not there',
    { Kitfile: kitfile('model.onnx\n  parts:\n  - path: gone.bin'), 'model.onnx': linear },
    { handler: 'base_handler' },
  ],
])('%s', async (_, files, model) => {
  const { artefact, packed } = await packFiles(files);
  // A version that YAML would call a number is kept as it is written.
  expect(artefact).toMatchObject({ tool: 'kitops', modelName: 'iris', modelVersion: '1.10', framework: 'onnx' });
  expect(packed?.model).toMatchObject({ modelName: 'iris', modelVersion: '1.10', ...model });
  expect(packed?.errors).toEqual([]);
});

test.each([
  ['paths that lead out', kitfile('../../../etc/passwd')],
  ['a model of another type', 'model: [1, 2]\ncode: {a: b}\n'],
  ['aliases in a circle', 'model: &a\n  path: *a\n'],
  ['no YAML', '{'],
])('a Kitfile with %s ends nothing, and nothing outside is taken', async (_, text) => {
  const { artefact, packed } = await packFiles({ Kitfile: text });
  expect(artefact).toMatchObject({ tool: 'kitops', weights: [] });
  expect([...(packed?.names ?? [])].sort()).toEqual(['MAR-INF/MANIFEST.json', 'MAR-INF/mar.json', 'handler.py']);
});
