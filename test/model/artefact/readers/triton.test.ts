import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectArtefact, packPrinted } from '../../../support/pack-printed.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { runTool } from '../../../support/tools.ts';

const read = (path: string) => readFile(new URL(`../../../fixtures/${path}`, import.meta.url));
const linear = await read('models/linear4x3.onnx');
const script = await read('weights/torch/state-dict-p3.pt');
const config = `name: "linear" # comment
backend: "onnxruntime"
max_batch_size: 8
input [ { name: "input", data_type: TYPE_FP32, dims: [ 4 ] } ]
output [ { name: "output" data_type: TYPE_FP32 dims: [ 3 ] label_filename: "labels.txt" } ]
`;
const model = {
  'linear/config.pbtxt': config,
  'linear/labels.txt': 'a\nb\nc\n',
  'linear/1/model.onnx': linear,
  'linear/10/model.onnx': linear,
};

test.each([
  ['a repository of one model', 'repository'],
  ['the model of a repository', 'repository/linear'],
  ['a repository in a tar', 'repository.tar.gz'],
])('%s: the highest version with its labels, by the line that is printed', async (_, path) => {
  const cwd = await tempTree(
    Object.fromEntries(Object.entries(model).map(([name, content]) => [`repository/${name}`, content])),
  );
  await runTool('tar', ['-czf', 'repository.tar.gz', 'repository'], { cwd });
  const artefact = await inspectArtefact(cwd, path);
  expect(artefact).toMatchObject({
    tool: 'triton',
    modelName: 'linear',
    modelVersion: '10',
    framework: 'onnxruntime',
    pack: { handler: 'base_handler' },
  });
  const { errors, packed, names, model: manifest } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(errors).toEqual([]);
  expect(packed.id).toBe('linear@10');
  expect(manifest).toMatchObject({ handler: 'base_handler', serializedFile: 'model.onnx' });
  expect(names).toContain('index_to_name.json');
});

test('a repository of several models has a line for each, and each works', async () => {
  const cwd = await tempTree(
    Object.fromEntries(
      ['a', 'b c'].flatMap((name) => [
        [`r/${name}/config.pbtxt`, 'platform: "onnxruntime_onnx"\n'],
        [`r/${name}/3/model.onnx`, linear],
      ]),
    ),
  );
  const artefact = await inspectArtefact(cwd, 'r');
  expect(artefact).toMatchObject({ name: 'Triton model repository', models: ['a', 'b c'] });
  expect(artefact?.pack.lines).toEqual(['mar pack --from r/a', "mar pack --from 'r/b c'"]);
  for (const line of artefact?.pack.lines ?? []) expect((await packPrinted(cwd, line)).packed.version).toBe('3');
});

test('ONNX with data in another file lies in a folder of the name of the model', async () => {
  const cwd = await tempTree({
    'm/config.pbtxt': 'backend: "onnxruntime"',
    'm/1/model.onnx/model.onnx': await read('models/zip-map-external.onnx'),
    'm/1/model.onnx/zip-map-external.bin': await read('models/zip-map-external.bin'),
  });
  const artefact = await inspectArtefact(cwd, 'm');
  const { errors, names } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(errors).toEqual([]);
  expect(names).toContain('zip-map-external.bin');
});

test.each([
  [
    'TorchScript',
    {
      'm/config.pbtxt': 'platform: "pytorch_libtorch"\ninput { name: "x" data_type: TYPE_FP32 dims: 4 }',
      'm/1/model.pt': script,
    },
    'input x TYPE_FP32 [4]',
  ],
  [
    'the Python backend',
    { 'm/config.pbtxt': 'backend: "python"', 'm/1/model.py': 'class TritonPythonModel:\n    pass\n' },
    'handle(data, context)',
  ],
  ['a model without a configuration', { 'm/1/model.plan': 'x' }, 'tensorrt'],
])('%s: the handler is the user’s, and the line works once it is there', async (_, files, says) => {
  const cwd = await tempTree(files);
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact?.pack.advice).toContain(says);
  await writeFile(join(cwd, 'handler.py'), 'def handle(data, context):\n    return data\n');
  expect((await packPrinted(cwd, artefact?.pack.lines[0] ?? '')).names).toContain('handler.py');
});

test('an ensemble has no model to pack, and that is said', async () => {
  const cwd = await tempTree({
    'm/config.pbtxt': 'platform: "ensemble"\nensemble_scheduling { step [ { model_name: "a" } ] }',
    'm/1/.keep': '',
  });
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact).toMatchObject({
    name: 'Triton ensemble',
    pack: { lines: [], advice: expect.stringContaining('workflow') },
  });
});

test.each([
  ['a name that leads out', 'backend: "onnxruntime" default_model_filename: "../../../etc/passwd"'],
  ['messages in one another without end', `backend: "onnxruntime" ${'a { '.repeat(5000)}`],
  ['a string that does not end', 'backend: "onnx'],
  ['a list that does not end', 'backend: "onnxruntime" input ['],
  ['other types', 'backend { a: 1 } name [ "x", "y" ]'],
])('%s in a configuration ends nothing', async (_, text) => {
  const cwd = await tempTree({ 'm/config.pbtxt': text, 'm/1/model.onnx': linear });
  expect(await inspectArtefact(cwd, 'm')).toMatchObject({ tool: 'triton' });
});

test.each([
  ['a configuration of another program', { 'm/config.pbtxt': 'port: 80\n' }],
  ['versions of something else', { 'm/1/data.csv': 'a' }],
  ['a version that begins with 0', { 'm/01/model.onnx': linear }],
])('%s is no model of Triton', async (_, files) => {
  expect(await inspectArtefact(await tempTree(files), 'm')).toBeUndefined();
});
