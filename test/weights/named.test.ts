import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { readWeights, weightsRules } from '../../src/weights/index.ts';

/** Every format of another tool: what it is called whole, renamed, cut and damaged. */
const files: readonly (readonly [file: string, name: string])[] = [
  ['hdf5/user-block.h5', 'HDF5'],
  ['keras/tiny.weights.h5', 'HDF5'],
  ['tflite/tiny.tflite', 'TensorFlow Lite'],
  ['tflite/quantized.tflite', 'TensorFlow Lite'],
  ['executorch/tiny.pte', 'ExecuTorch'],
  ['tensorflow/saved-model/saved_model.pb', 'TensorFlow SavedModel'],
  ['tensorflow/frozen.pb', 'TensorFlow GraphDef'],
  ['keras/tiny.keras', 'Keras'],
  ['skops/pipeline.skops', 'skops'],
  ['skops/deflated.skops', 'skops'],
  ['torch-export/tiny.pt2', 'torch.export program'],
  ['openvino/tiny.xml', 'OpenVINO'],
  ['xgboost/classes.json', 'XGBoost'],
  ['xgboost/binary.ubj', 'XGBoost'],
  ['lightgbm/classes.txt', 'LightGBM'],
  ['coreml/network.mlmodel', 'Core ML'],
  ['coreml/program.mlpackage/Data/com.apple.CoreML/model.mlmodel', 'Core ML'],
];

const load = (file: string) => readFileSync(new URL(`../fixtures/weights/${file}`, import.meta.url));

async function read(bytes: Buffer, name: string) {
  const { detected, problems } = await readWeights(bufferSource(name, bytes), name);
  return { detected, rules: [...new Set(problems.map(({ rule }) => rule))] };
}

const isError = (rule: keyof typeof weightsRules) => weightsRules[rule].severity === 'error';

describe.each(files)('%s', (file, name) => {
  const bytes = load(file);

  it(`is recognised as ${name}, without a problem`, async () => {
    expect(await read(bytes, basename(file))).toEqual({ detected: name, rules: [] });
  });

  it.each(['model.onnx', 'model.pt', 'model.safetensors'])('is recognised also with the name %s', async (other) => {
    expect(await read(bytes, other)).toEqual({ detected: name, rules: ['weights/extension'] });
  });

  it('cut after a quarter it is a broken one, not another format', async () => {
    // A ZIP has its directory at the end: cut, nobody can look into it.
    const isZip = bytes.toString('latin1', 0, 2) === 'PK';
    expect(await read(bytes.subarray(0, bytes.length >> 2), basename(file))).toEqual({
      detected: name,
      rules: ['weights/malformed', ...(isZip ? ['weights/not-scanned'] : [])],
    });
  });

  it('damaged anywhere it is read to an end, and never taken for a pickle', async () => {
    for (let at = 8; at < bytes.length; at += Math.ceil(bytes.length / 150)) {
      const damaged = Buffer.from(bytes);
      damaged[at] = 0xff - (damaged[at] ?? 0);
      const { rules } = await read(damaged, basename(file));
      expect(rules.filter(isError).filter((rule) => rule.startsWith('weights/pickle-unsafe'))).toEqual([]);
    }
  });
});

it.each([
  ['keras/lambda.keras', 'Keras', 'weights/keras-code'],
  ['skops/function.skops', 'skops', 'weights/skops-type'],
])('%s reports what would run: %s, %s', async (file, detected, rule) => {
  expect(await read(load(file), basename(file))).toEqual({ detected, rules: [rule] });
});

it('a graph that reads files is an error', async () => {
  expect(await read(load('tensorflow/reads-a-file.pb'), 'm.pb')).toEqual({
    detected: 'TensorFlow GraphDef',
    rules: ['weights/tensorflow-operator'],
  });
});

it('an ONNX model is recognised, whatever fields come before its graph', async () => {
  const graph = load('onnx/linear.onnx');
  // Field 500 is where Core ML keeps a network; onnxruntime passes over it.
  const network = Buffer.from([0xa2, 0x1f, 0x00]);
  const model = Buffer.concat([graph.subarray(0, 2), network, graph.subarray(2)]);
  expect((await read(model, 'm.onnx')).detected).toBe('onnx');
});
