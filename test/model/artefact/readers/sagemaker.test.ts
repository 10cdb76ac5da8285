import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectArtefact, packPrinted } from '../../../support/pack-printed.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { runTool } from '../../../support/tools.ts';

const checkpoint = await readFile(new URL('../../../fixtures/weights/torch/state-dict-p3.pt', import.meta.url));
const script = 'import torch\n\n\ndef model_fn(model_dir):\n    return torch.nn.Linear(4, 3)\n';
const torchModel = {
  'model.pth': checkpoint,
  'code/inference.py': script,
  'code/requirements.txt': 'numpy==1.26.4\n',
  'code/net.py': 'x = 1\n',
};

const below = (folder: string, files: Record<string, string | Uint8Array>) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));

const carriers = [
  ['a folder', 'm', async () => undefined],
  [
    'model.tar.gz, flat as SageMaker wants it',
    'model.tar.gz',
    (cwd: string) => runTool('tar', ['-czf', 'model.tar.gz', '-C', 'm', 'model.pth', 'code'], { cwd }),
  ],
  [
    'a tar that begins with "."',
    'model.tar',
    (cwd: string) => runTool('tar', ['-cf', 'model.tar', '-C', 'm', '.'], { cwd }),
  ],
  ['a tar of the folder', 'model.tar.gz', (cwd: string) => runTool('tar', ['-czf', 'model.tar.gz', 'm'], { cwd })],
] as const;

test.each(carriers)('%s is named, and packed by the line that is printed', async (_, path, carry) => {
  const cwd = await tempTree(below('m', torchModel));
  await carry(cwd);
  const artefact = await inspectArtefact(cwd, path);
  expect(artefact).toMatchObject({
    tool: 'sagemaker',
    framework: 'torch',
    flavours: ['model_fn'],
    entryPoint: 'code/inference.py',
    weights: ['model.pth'],
    requirements: ['numpy==1.26.4'],
    pack: { handler: 'mar_sagemaker_handler.py' },
  });
  const { errors, names, model } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(errors).toEqual([]);
  expect(model).toMatchObject({
    handler: 'mar_sagemaker_handler.py',
    serializedFile: 'model.pth',
    requirementsFile: 'code/requirements.txt',
  });
  expect(names).toEqual(
    expect.arrayContaining(['code/inference.py', 'code/net.py', 'code/requirements.txt', 'model.pth']),
  );
});

test.each([
  [
    'every function of the toolkit',
    {
      'code/inference.py': 'from hooks import model_fn, input_fn, predict_fn, output_fn\n',
      'code/hooks.py': '',
      'model.joblib': 'x',
    },
    'sagemaker',
  ],
  [
    'TorchScript under its own name needs no model_fn',
    { 'code/inference.py': 'def input_fn(data, content_type):\n    return data\n', 'model.pt': checkpoint },
    'sagemaker',
  ],
  ['a script of another name', { 'code/serve.py': script, 'model.pth': checkpoint }, 'sagemaker'],
  [
    'a model of transformers with a script of its own',
    {
      'config.json': '{"model_type":"bert","architectures":["BertModel"]}',
      'code/inference.py': script,
      'model.pth': checkpoint,
    },
    'sagemaker',
  ],
])('%s', async (_, files, tool) => {
  const cwd = await tempTree(below('m', files));
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact).toMatchObject({ tool, pack: { lines: ['mar pack --from m --model-name m'] } });
});

test.each([
  [
    'a script that leaves loading to its container',
    { 'code/inference.py': 'def input_fn(data, content_type):\n    return data\n', 'model.pth': checkpoint },
    'model_fn(model_dir)',
  ],
  ['the built-in XGBoost', { 'xgboost-model': 'binf' }, 'xgboost.Booster'],
  ['a script that is no Python', { 'code/inference.py': 'def (', 'model.pth': checkpoint }, 'model_fn(model_dir)'],
])('%s: what has to be written is said, and the line works once it is there', async (_, files, says) => {
  const cwd = await tempTree(below('m', files));
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact?.pack.advice).toContain(says);
  await writeFile(join(cwd, 'handler.py'), 'def handle(data, context):\n    return data\n');
  const { names } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(names).toContain('handler.py');
});

test.each([
  ['scripts that load nothing', { 'code/train.py': 'x = 1\n', 'model.pth': checkpoint }],
  ['two scripts that load a model', { 'code/a.py': script, 'code/b.py': script }],
  ['a script at the top', { 'inference.py': script }],
])('%s are no model of SageMaker', async (_, files) => {
  const cwd = await tempTree(below('m', files));
  expect(await inspectArtefact(cwd, 'm')).toBeUndefined();
});
