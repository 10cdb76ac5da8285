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

async function start(model: string, handler: string, files: Record<string, string | Uint8Array>) {
  const manifest = {
    runtime: handler.endsWith('.mjs') ? 'nodejs' : 'python',
    model: { modelName: 'm', handler, serializedFile: model },
  };
  const folder = await tempTree({ ...files, 'MAR-INF/MANIFEST.json': JSON.stringify(manifest) });
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
  return createRunner(load, { TSMA_DEVICE: 'cpu', TSMA_THREADS: '1' }, { metric() {}, log: console.error });
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

describe.skipIf(!existsSync(data))('models beside the project (skipped where ../shared/data is not there)', () => {
  test('mnist_cnn with a handler of one’s own answers all ten digits right', async () => {
    const runner = await start('mnist_cnn.onnx', 'mnist.mjs', { 'mnist.mjs': MNIST });
    const names = readdirSync(join(data, 'mnist_test_png')).sort();
    const response = await runner.predict(
      names.map((name) => request(readFileSync(join(data, 'mnist_test_png', name)))),
    );
    expect(bodies(response)).toEqual(names.map((name) => name.replace('.png', '')));
    await runner.close();
  });

  test('squeezenet on the kitten gives the labels TorchServe gave, in its order, with its probabilities', async () => {
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
});
