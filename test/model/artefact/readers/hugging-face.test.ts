import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../../src/archive/open.ts';
import { readAll } from '../../../../src/core/byte-source.ts';
import { inspectArtefact, packPrinted } from '../../../support/pack-printed.ts';
import { tempTree } from '../../../support/temp-tree.ts';

const read = (path: string) => readFile(new URL(`../../../fixtures/${path}`, import.meta.url));
const tokens = await read('models/token-sums.onnx');
const tokenizer = await read('text/tokenizer.json');
const image = await read('models/channel-means-224.onnx');
const external = {
  'model.onnx': await read('models/zip-map-external.onnx'),
  'zip-map-external.bin': await read('models/zip-map-external.bin'),
};
const safetensors = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]);
const config = (more: object) => JSON.stringify({ transformers_version: '4.40.0', ...more });
const bert = {
  model_type: 'bert',
  architectures: ['BertForSequenceClassification'],
  id2label: { '0': 'NO', '1': 'YES' },
};
const vit = {
  model_type: 'vit',
  architectures: ['ViTForImageClassification'],
  id2label: { '0': 'a', '1': 'b', '2': 'c' },
};
const processor = {
  do_resize: true,
  size: { height: 224, width: 224 },
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
  resample: 2,
};

async function packFolder(files: Record<string, string | Uint8Array>, name = 'm') {
  const cwd = await tempTree(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`${name}/${path}`, content])),
  );
  const artefact = await inspectArtefact(cwd, name);
  const packed = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  return { cwd, artefact, ...packed };
}

async function memberOf(cwd: string, path: string, member: string): Promise<string> {
  const tree = await openArchive(join(cwd, path));
  const source = await tree.open(member);
  try {
    return (await readAll(source, 1e6)).toString('utf8');
  } finally {
    await source.close();
    await tree.close();
  }
}

test('a classifier of texts exported to ONNX runs with text_classifier, its tokenizer and its labels', async () => {
  const { cwd, artefact, packed, errors, model, names } = await packFolder({
    'config.json': config(bert),
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': '{"model_max_length": 512}',
    'onnx/model.onnx': tokens,
    'README.md': '# a card',
  });
  expect(artefact).toMatchObject({
    tool: 'hugging-face',
    framework: 'transformers',
    flavours: ['BertForSequenceClassification', 'text-classification'],
    versions: { transformers: '4.40.0' },
    weights: ['onnx/model.onnx'],
    pack: { handler: 'text_classifier' },
  });
  expect(errors).toEqual([]);
  expect(model).toMatchObject({ handler: 'text_classifier', serializedFile: 'model.onnx' });
  expect(names).toEqual(
    expect.arrayContaining(['index_to_name.json', 'model.onnx', 'tokenizer.json', 'tokenizer_config.json']),
  );
  expect(JSON.parse(await memberOf(cwd, packed.path, 'index_to_name.json'))).toEqual({ 0: 'NO', 1: 'YES' });
});

test('a classifier of pictures runs with image_classifier and the settings of its preprocessor', async () => {
  const { cwd, packed, errors, model } = await packFolder({
    'config.json': config(vit),
    'preprocessor_config.json': JSON.stringify(processor),
    'model.onnx': image,
  });
  expect(errors).toEqual([]);
  expect(model).toMatchObject({ handler: 'image_classifier', configFile: 'model-config.yaml' });
  expect(JSON.parse(await memberOf(cwd, packed.path, 'model-config.yaml'))).toEqual({
    preprocess: { size: [224, 224], range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  });
});

test('a model of timm says size, crop, mean and std itself', async () => {
  const timm = {
    architecture: 'resnet18',
    num_classes: 3,
    label_names: ['a', 'b', 'c'],
    pretrained_cfg: {
      input_size: [3, 224, 224],
      crop_pct: 0.875,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      interpolation: 'bilinear',
    },
  };
  const { cwd, artefact, packed, errors } = await packFolder({
    'config.json': JSON.stringify(timm),
    'model.onnx': image,
  });
  expect(artefact).toMatchObject({
    framework: 'timm',
    name: 'timm model of Hugging Face',
    pack: { handler: 'image_classifier' },
  });
  expect(errors).toEqual([]);
  expect(JSON.parse(await memberOf(cwd, packed.path, 'model-config.yaml'))).toEqual({
    preprocess: { resize: 256, crop: [224, 224], mean: [0, 0, 0], std: [1, 1, 1] },
  });
});

test('weights of torch run with a pipeline; the same weights in other forms stay out', async () => {
  const { cwd, artefact, packed, errors, model, names } = await packFolder({
    'config.json': config(bert),
    'tokenizer.json': tokenizer,
    'model.safetensors': safetensors,
    'tf_model.h5': '\u0089HDF',
    'flax_model.msgpack': 'x',
  });
  expect(errors).toEqual([]);
  expect(model).toMatchObject({
    handler: 'mar_transformers_handler.py',
    serializedFile: 'model.safetensors',
    requirementsFile: 'requirements.txt',
  });
  expect(names).not.toContain('tf_model.h5');
  expect(artefact?.notes.join()).toContain('tf_model.h5');
  expect(await memberOf(cwd, packed.path, 'requirements.txt')).toBe('transformers>=4.40.0\ntorch\n');
  expect(JSON.parse(await memberOf(cwd, packed.path, 'model-config.yaml'))).toEqual({
    handler: { task: 'text-classification' },
  });
});

test('every shard of an index comes along', async () => {
  const index = {
    metadata: {},
    weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
  };
  const shard = (name: string) => {
    const header = Buffer.from(JSON.stringify({ [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, Buffer.alloc(4)]);
  };
  const { errors, names, model } = await packFolder({
    'config.json': config(bert),
    'tokenizer.json': tokenizer,
    'model.safetensors.index.json': JSON.stringify(index),
    'model-00001-of-00002.safetensors': shard('a'),
    'model-00002-of-00002.safetensors': shard('b'),
  });
  expect(errors).toEqual([]);
  expect(model).toMatchObject({ serializedFile: 'model.safetensors.index.json' });
  expect(names).toEqual(
    expect.arrayContaining(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']),
  );
});

test('a graph with data in another file is packed whole; without its own tokenizer it takes tensors', async () => {
  const { errors, model, names, artefact } = await packFolder({
    'config.json': config(bert),
    'tokenizer_config.json': '{}',
    ...external,
  });
  expect(errors).toEqual([]);
  expect(model).toMatchObject({ handler: 'base_handler' });
  expect(names).toContain('zip-map-external.bin');
  expect(artefact?.notes.join()).toContain('base_handler takes and answers the tensors');
});

test('a snapshot of the cache, which is made of links, is followed into its blobs and nowhere else', async () => {
  const cwd = await tempTree({
    'models--org--name/snapshots/': '',
    'models--org--name/blobs/c': config({ ...bert, _name_or_path: 'org/name' }),
    'models--org--name/blobs/t': tokenizer,
    'models--org--name/blobs/w': safetensors,
    'secret.txt': 'secret',
  });
  const snapshot = join(cwd, 'models--org--name/snapshots', 'a'.repeat(40));
  await mkdir(snapshot);
  for (const [name, target] of [
    ['config.json', '../../blobs/c'],
    ['tokenizer.json', '../../blobs/t'],
    ['model.safetensors', '../../blobs/w'],
    ['notes.txt', '../../../secret.txt'],
  ] as const)
    await symlink(target, join(snapshot, name));
  const path = `models--org--name/snapshots/${'a'.repeat(40)}`;
  const artefact = await inspectArtefact(cwd, path);
  expect(artefact).toMatchObject({ tool: 'hugging-face', modelName: 'name' });
  const { errors, names } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(errors).toEqual([]);
  expect(names).toContain('model.safetensors');
  expect(names).not.toContain('notes.txt');
});

test('a path that a shell would read otherwise is quoted', async () => {
  const cwd = await tempTree({
    "it's a $(model)/config.json": config(bert),
    "it's a $(model)/tokenizer.json": tokenizer,
    "it's a $(model)/model.onnx": tokens,
  });
  const artefact = await inspectArtefact(cwd, "it's a $(model)");
  const { errors, packed } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(errors).toEqual([]);
  expect(packed.name).toBe('it-s-a-model');
  await rename(join(cwd, "it's a $(model)"), join(cwd, '-x'));
  const dashed = await inspectArtefact(cwd, '-x');
  expect(dashed?.pack.lines[0]).toMatch(/^mar pack --from \.\/-x /);
});

test.each([
  [
    'a sequence to sequence export: two graphs',
    {
      'config.json': config({ model_type: 't5', architectures: ['T5ForConditionalGeneration'] }),
      'encoder_model.onnx': tokens,
      'decoder_model.onnx': tokens,
    },
  ],
  [
    'a task without a plain pipeline',
    {
      'config.json': config({ model_type: 'whisper', architectures: ['WhisperForConditionalGeneration'] }),
      'model.safetensors': safetensors,
    },
  ],
  [
    'an adapter',
    {
      'adapter_config.json': '{"peft_type":"LORA","base_model_name_or_path":"org/base"}',
      'adapter_model.safetensors': safetensors,
    },
  ],
])('%s: the handler is the user’s, and the line works once it is there', async (_, files) => {
  const cwd = await tempTree(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`m/${path}`, content])),
  );
  const artefact = await inspectArtefact(cwd, 'm');
  expect(artefact?.pack).toMatchObject({ lines: ['mar pack --from m --model-name m --handler handler.py'] });
  expect(artefact?.pack.advice).toMatch(/^handler\.py is yours to write\. ./);
  await writeFile(join(cwd, 'handler.py'), 'def handle(data, context):\n    return data\n');
  const { errors, names } = await packPrinted(cwd, artefact?.pack.lines[0] ?? '');
  expect(errors).toEqual([]);
  expect(names).toContain('handler.py');
});

test.each([
  ['settings of another program', { 'config.json': '{"port": 80}', 'model.onnx': tokens }],
  ['a list', { 'config.json': '[]' }],
  ['a type of model without a model', { 'config.json': '{"model_type": "bert"}' }],
  [
    'names of classes that are no texts',
    { 'config.json': '{"architectures": [1, {}], "model_type": 5}', 'model.onnx': tokens },
  ],
  ['a config that is no JSON', { 'config.json': '{', 'model.onnx': tokens }],
])('%s is no model of Hugging Face', async (_, files) => {
  const cwd = await tempTree(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`m/${path}`, content])),
  );
  expect(await inspectArtefact(cwd, 'm')).toBeUndefined();
});
