/** Larger models that lie beside the project where it is developed; skipped in a clone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { createRunner } from '../../../src/serve/worker/runner.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { bodies, request } from './model-folder.ts';

const data = join(packageRoot, '..', 'shared', 'data');
const golden = join(packageRoot, '..', 'shared', 'torchserve', 'golden', 'main');

async function start(model: string, handler: string, files: Record<string, string | Uint8Array>, config?: string) {
  const manifest = {
    runtime: handler.endsWith('.mjs') ? 'nodejs' : 'python',
    model: { modelName: 'm', handler, serializedFile: model, ...(config && { configFile: 'model-config.yaml' }) },
  };
  const folder = await tempTree({
    ...files,
    ...(config && { 'model-config.yaml': config }),
    'MAR-INF/MANIFEST.json': JSON.stringify(manifest),
  });
  await copyFile(join(data, model), join(folder, model));
  const load = {
    kind: 'load',
    modelName: 'm',
    modelPath: folder,
    batchSize: 16,
    handler,
    gpuId: -1,
    envelope: '',
    limitMaxImagePixels: true,
  } as const;
  return createRunner(
    load,
    { TSMA_DEVICE: 'cpu', TSMA_THREADS: '1' },
    { metrics: { add() {}, replace() {} }, log: console.error },
  );
}

const MNIST = `export default {
  async preprocess(rows, { decodeImage }) {
    const images = await Promise.all(rows.map((row) => decodeImage(row.data ?? row.body, { mode: 'L', size: [28, 28] })));
    const data = Float32Array.from(images.flatMap((image) => Array.from(image.data, (value) => (value / 255 - 0.1307) / 0.3081)));
    return { input: { dtype: 'float32', shape: [rows.length, 1, 28, 28], data } };
  },
  postprocess({ output }) {
    return Array.from({ length: output.shape[0] }, (_, i) => {
      const scores = output.data.subarray(i * 10, i * 10 + 10);
      return scores.indexOf(Math.max(...scores));
    });
  },
};`;

describe.skipIf(!existsSync(data))('models in ../shared/data (skipped if the folder is missing)', () => {
  test('mnist_cnn with a custom handler answers all ten digits correctly', async () => {
    const runner = await start('mnist_cnn.onnx', 'mnist.mjs', { 'mnist.mjs': MNIST });
    const names = readdirSync(join(data, 'mnist_test_png')).sort();
    const response = await runner.predict(
      names.map((name) => request(readFileSync(join(data, 'mnist_test_png', name)))),
    );
    expect(bodies(response)).toEqual(names.map((name) => name.replace('.png', '')));
    await runner.close();
  });

  test('squeezenet on the kitten gives TorchServe’s labels, order and probabilities', async () => {
    const labels = readFileSync(join(data, 'index_to_name.json'));
    const runner = await start('squeezenet1_1_rand0.onnx', 'image_classifier', { 'index_to_name.json': labels });
    const response = await runner.predict([request(readFileSync(join(data, 'kitten.jpg')))]);
    const ours: Record<string, number> = JSON.parse(bodies(response)[0] as string);
    for (const name of ['185-predict-kitten.json', '186-predict-kitten-onnx.json']) {
      const recorded: Record<string, number> = JSON.parse(
        JSON.parse(readFileSync(join(golden, name), 'utf8')).response.body,
      );
      expect(Object.keys(ours)).toEqual(Object.keys(recorded));
      for (const [label, value] of Object.entries(recorded))
        expect(Math.abs((ours[label] as number) / value - 1)).toBeLessThan(1e-6);
    }
    await runner.close();
  });

  test.each([
    ['mnist_cnn.onnx', 'preprocess: { mean: 0.1307, std: 0.3081 }'],
    ['ort_mnist.onnx', 'preprocess: { range: [0, 255] }'],
  ])('%s answers all ten digits correctly with image_classifier', async (model, config) => {
    const runner = await start(model, 'image_classifier', {}, config);
    const names = readdirSync(join(data, 'mnist_test_png')).sort();
    const response = await runner.predict(
      names.map((name) => request(readFileSync(join(data, 'mnist_test_png', name)))),
    );
    // The first key in the text is the best: an object would sort numbers.
    const best = bodies(response).map((body) => /"(\d)"/.exec(body)?.[1]);
    expect(best).toEqual(names.map((name) => name.replace('.png', '')));
    await runner.close();
  });

  test('ultraface finds the boxes that onnxruntime in Python with Pillow’s resize finds', async () => {
    const config = `preprocess: { size: [240, 320], range: [0, 255], mean: 127, std: 128 }
postprocess: { threshold: 0.2, unit: fractions, background: 0 }`;
    const runner = await start('ultraface-rfb-320.onnx', 'object_detector', {}, config);
    const [body] = bodies(await runner.predict([request(readFileSync(join(data, 'kitten.jpg')))]));
    const found: { 1: number[]; score: number }[] = JSON.parse(body as string);
    const expected = [
      { score: 0.657683, box: [420.385, 196.545, 516.17, 321.936] },
      { score: 0.240382, box: [356.768, 397.039, 419.724, 503.448] },
    ];
    expect(found).toHaveLength(expected.length);
    for (const [at, { score, box }] of expected.entries()) {
      expect(found[at]?.score).toBeCloseTo(score, 4);
      for (const [side, value] of box.entries()) expect(found[at]?.[1][side]).toBeCloseTo(value, 1);
    }
    await runner.close();
  });
});
