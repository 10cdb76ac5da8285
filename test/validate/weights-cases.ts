import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { validate } from '../../src/commands/validate/validate.ts';
import type { WeightsRule } from '../../src/weights/index.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { integer, message, model, tensor, text } from '../weights/onnx/protobuf-bytes.ts';
import { op, pickle } from '../weights/pickle-bytes.ts';
import { buildZip } from '../weights/zip-bytes.ts';

/** A weights file, what lies beside it, and the one rule that must speak: or, for a good neighbour, none. */
export interface WeightsCase {
  readonly rule: WeightsRule | 'weights/recognised' | 'none';
  readonly about: string;
  /** The first is judged. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

const safetensors = (header: string, bytes = 4) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(bytes)]);
};
const one = safetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
const index = (weights: Record<string, string>) => JSON.stringify({ metadata: {}, weight_map: weights });
const fixture = (name: string) => readFileSync(new URL(`../fixtures/weights/${name}`, import.meta.url));
const npy = fixture('numpy/array.npy');
const keras = (layer: object) =>
  buildZip([
    { name: 'metadata.json', data: Buffer.from('{"keras_version": "3.0.0"}') },
    {
      name: 'config.json',
      data: Buffer.from(JSON.stringify({ module: 'keras', class_name: 'Sequential', config: { layers: [layer] } })),
    },
    { name: 'model.weights.json', data: Buffer.from('{}') },
  ]);

/** TensorProto whose data lies in a file beside the model (external_data, data_location). */
const external = (location: string) => {
  const entry = (key: string, value: string) => message(13, text(1, key), text(2, value));
  return message(5, tensor('w', [1], entry('location', location), entry('length', '4'), integer(14, 1)));
};
const checkpoint = (crc?: number) =>
  buildZip([
    { name: 'archive/data.pkl', data: pickle(op.proto(2), op.emptyDict), ...(crc === undefined ? {} : { crc }) },
    { name: 'archive/version', data: Buffer.from('3\n') },
  ]);

export const weightsCases: readonly WeightsCase[] = [
  { rule: 'weights/empty', about: 'no byte', files: { 'm.pt': '' } },
  {
    rule: 'weights/not-weights',
    about: 'a pointer of Git LFS',
    files: { 'm.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' },
  },
  {
    rule: 'weights/unknown-format',
    about: 'a format that is known and not read',
    files: { 'm.ort': Buffer.from('\x18\0\0\0ORTM\0\0\0\0') },
  },
  {
    rule: 'weights/recognised',
    about: 'bytes of no format',
    files: { 'm.weights': Buffer.from('fffe00ff10203040', 'hex') },
  },
  {
    rule: 'weights/recognised',
    about: 'a photograph',
    files: { 'kitten.jpg': Buffer.from('ffd8ffe000104a464946', 'hex') },
  },
  { rule: 'weights/recognised', about: 'a program', files: { ls: Buffer.from('7f454c46020101', 'hex') } },
  { rule: 'weights/not-weights', about: 'text by its name too', files: { 'README.md': '# A model\n' } },
  { rule: 'weights/extension', about: 'safetensors called .onnx', files: { 'm.onnx': one } },
  {
    rule: 'weights/not-scanned',
    about: 'a member that is compressed in a way that is not read here',
    files: {
      'm.pt': buildZip([
        { name: 'm/data.pkl', data: pickle(op.proto(2), op.emptyDict) },
        { name: 'm/extra.xz', data: Buffer.from('fd377a585a000004', 'hex') },
      ]),
    },
  },
  {
    rule: 'weights/onnx-functions',
    about: 'a function that calls itself',
    files: {
      'm.onnx': Buffer.concat([
        model(message(1, text(4, 'Relu'))),
        message(25, text(1, 'A'), text(10, 'f'), message(7, text(4, 'A'), text(7, 'f'))),
        message(7, message(1, text(4, 'A'), text(7, 'f'))),
      ]),
    },
  },
  {
    rule: 'weights/onnx-incomplete',
    about: 'no graph',
    files: { 'm.onnx': Buffer.concat([integer(1, 8), text(2, 'x'), message(8, integer(2, 18))]) },
  },
  {
    rule: 'weights/onnx-external-missing',
    about: 'data that was left behind',
    files: { 'm.onnx': model(external('w.bin')) },
  },
  {
    rule: 'weights/onnx-external-range',
    about: 'data that is too short',
    files: { 'm.onnx': model(external('w.bin')), 'w.bin': 'abc' },
  },
  { rule: 'none', about: 'data beside the model', files: { 'm.onnx': model(external('w.bin')), 'w.bin': 'abcd' } },
  {
    rule: 'weights/openvino-constants-missing',
    about: 'constants that were left behind',
    files: { 'tiny.xml': fixture('openvino/tiny.xml') },
  },
  {
    rule: 'weights/openvino-constants',
    about: 'constants that are too short',
    files: { 'tiny.xml': fixture('openvino/tiny.xml'), 'tiny.bin': 'abc' },
  },
  {
    rule: 'none',
    about: 'constants beside the model',
    files: { 'tiny.xml': fixture('openvino/tiny.xml'), 'tiny.bin': fixture('openvino/tiny.bin') },
  },
  {
    rule: 'weights/safetensors-form',
    about: 'a blank before the header',
    files: { 'm.safetensors': safetensors(' {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}') },
  },
  { rule: 'none', about: 'one tensor', files: { 'm.safetensors': one } },
  {
    rule: 'weights/shard-index-malformed',
    about: 'a list for a map',
    files: { 'model.safetensors.index.json': '{"weight_map": []}' },
  },
  {
    rule: 'weights/shard-missing',
    about: 'a shard that was not fetched',
    files: {
      'model.safetensors.index.json': index({ a: 'one.safetensors', b: 'two.safetensors' }),
      'one.safetensors': one,
    },
  },
  {
    rule: 'weights/shard-tensors',
    about: 'a tensor in no shard',
    files: { 'model.safetensors.index.json': index({ b: 'one.safetensors' }), 'one.safetensors': one },
  },
  {
    rule: 'none',
    about: 'a whole set of shards',
    files: { 'model.safetensors.index.json': index({ a: 'one.safetensors' }), 'one.safetensors': one },
  },
  {
    rule: 'weights/pickle-limit',
    about: 'five million values on the stack',
    files: { 'm.pkl': Buffer.concat([op.proto(2), Buffer.alloc(5_000_000, op.none), op.stop]) },
  },
  {
    rule: 'weights/torch-zip-form',
    about: 'bytes behind the ZIP',
    files: { 'm.pt': Buffer.concat([checkpoint(), Buffer.from('more')]) },
  },
  { rule: 'weights/torch-zip-checksum', about: 'a wrong checksum', files: { 'm.pt': checkpoint(1) } },
  { rule: 'none', about: 'a checkpoint without tensors', files: { 'm.pt': checkpoint() } },
  {
    rule: 'weights/numpy-malformed',
    about: 'an array that is cut short',
    files: { 'm.npy': npy.subarray(0, npy.length - 1) },
  },
  { rule: 'none', about: 'an array', files: { 'm.npy': npy } },
  { rule: 'weights/malformed', about: 'a GGUF that is cut short', files: { 'm.gguf': 'GGUF\u0003\0\0\0' } },
  { rule: 'weights/keras-code', about: 'a layer of bytecode', files: { 'm.keras': fixture('keras/lambda.keras') } },
  {
    rule: 'weights/keras-module',
    about: 'a layer of a foreign module',
    files: { 'm.keras': keras({ module: 'os', class_name: 'system', config: {} }) },
  },
  {
    rule: 'none',
    about: 'a layer of Keras',
    files: { 'm.keras': keras({ module: 'keras.layers', class_name: 'Dense', config: {} }) },
  },
  {
    rule: 'weights/tensorflow-operator',
    about: 'a graph that reads a file',
    files: { 'm.pb': fixture('tensorflow/reads-a-file.pb') },
  },
  { rule: 'weights/skops-type', about: 'a function', files: { 'm.skops': fixture('skops/function.skops') } },
  {
    rule: 'weights/compiled-code',
    about: 'a library in a program of torch.export',
    files: {
      'm.pt2': buildZip([
        { name: 'm/archive_format', data: Buffer.from('pt2') },
        { name: 'm/archive_version', data: Buffer.from('0') },
        { name: 'm/data/aotinductor/model/wrapper.so', data: Buffer.from('7f454c46020101', 'hex') },
      ]),
    },
  },
];

/** The rules that speak about a file of weights, each once. */
export async function judgeWeights(files: Record<string, string | Uint8Array>) {
  const root = await tempTree(files);
  const [path = ''] = Object.keys(files);
  const { findings, kind } = await validate({ path, config: false }, testContext(root));
  expect(kind).toBe('weights');
  return [...new Set(findings.map(({ rule }) => rule))];
}
