import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectArtefact, packPrinted } from '../../../support/pack-printed.ts';
import { tempTree } from '../../../support/temp-tree.ts';

const fixtures = new URL('../../../fixtures/artefacts/', import.meta.url);

/** A copy of a model that MLflow saved. */
async function copyOf(name: string): Promise<string> {
  const cwd = await tempTree();
  await cp(new URL(name, fixtures), join(cwd, name), { recursive: true });
  return cwd;
}

test.each([
  ['mlflow-onnx', 'onnx', { handler: 'base_handler', serializedFile: 'model.onnx' }, ['model.onnx']],
  [
    'mlflow-sklearn',
    'sklearn',
    { handler: 'mar_mlflow_handler.py', serializedFile: 'model.skops', requirementsFile: 'requirements.txt' },
    ['MLmodel', 'model.skops', 'mar_mlflow_handler.py', 'requirements.txt'],
  ],
  [
    'mlflow-code',
    'mlflow.pyfunc.loaders.code_model',
    { handler: 'mar_mlflow_handler.py', requirementsFile: 'requirements.txt' },
    ['MLmodel', 'doubles.py', 'requirements.txt'],
  ],
])('%s, as MLflow 3.17 saves it, is packed by the line that is printed', async (name, framework, model, names) => {
  const cwd = await copyOf(name);
  const artefact = await inspectArtefact(cwd, name);
  expect(artefact).toMatchObject({ tool: 'mlflow', framework, versions: { mlflow: '3.17.2', python: '3.11.7' } });
  expect(artefact?.pack.lines).toEqual([`mar pack --from ${name} --model-name ${name}`]);
  const packed = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(packed.errors).toEqual([]);
  expect(packed.model).toMatchObject(model);
  expect(packed.names).toEqual(expect.arrayContaining(names));
});

test('facts: flavours, packages, the version that was registered', async () => {
  const cwd = await copyOf('mlflow-sklearn');
  const path = join(cwd, 'mlflow-sklearn/MLmodel');
  const more = 'registered_model_meta:\n  model_name: iris classifier\n  model_version: 3\n';
  await writeFile(path, (await readFile(path, 'utf8')) + more);
  const artefact = await inspectArtefact(cwd, 'mlflow-sklearn');
  expect(artefact).toMatchObject({
    modelName: 'iris classifier',
    modelVersion: '3',
    flavours: ['python_function', 'sklearn'],
    requirements: ['mlflow==3.17.2', 'scikit-learn', 'pandas'],
    weights: ['model.skops'],
  });
  expect(artefact?.pack.lines).toEqual(['mar pack --from mlflow-sklearn --model-name iris-classifier --version 3']);
});

const flavour = (data: string) => `flavors:\n  onnx:\n    data: ${data}\n  python_function:\n    loader_module: x\n`;

test.each([
  ['a path out of the model', flavour('../../etc/passwd'), '../../etc/passwd'],
  ['an absolute path', flavour('/etc/passwd'), '/etc/passwd'],
  ['a file that is not there', flavour('gone.onnx'), 'gone.onnx'],
])('%s is told, and nothing outside is taken', async (_, text, named) => {
  const cwd = await tempTree({ 'm/MLmodel': text });
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact?.notes.join()).toContain(named);
  const { names } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect([...names].sort()).toEqual(['MAR-INF/MANIFEST.json', 'MAR-INF/mar.json', 'MLmodel', 'mar_mlflow_handler.py']);
});

test.each([
  [
    'aliases that grow without bound',
    `a: &a [x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`)
      .join('\n')}\n`,
  ],
  ['an anchor inside itself', 'flavors: &a\n  b: *a\n'],
  ['deep nesting', '['.repeat(20_000)],
  ['other types', 'flavors: [1, 2]\nmlflow_version: {a: b}\n'],
  ['no YAML', '\u0000\u0001'],
])('%s in an MLmodel ends nothing: the model is named, its facts are left out', async (_, text) => {
  const cwd = await tempTree({ 'm/MLmodel': text });
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact).toMatchObject({ tool: 'mlflow', modelName: 'm', versions: {}, weights: [] });
  expect(artefact?.pack.advice).toContain('handler');
});
