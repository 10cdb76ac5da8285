import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { serveStore } from '../serve/serving.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

/** A Python that has `tritonclient[http]`. */
const python = process.env.TSMA_TRITON_PYTHON ?? 'python3';
const hasClient = spawnSync(python, ['-c', 'import tritonclient.http']).status === 0;
if (!hasClient)
  console.log('Skipped: no tritonclient; pip install "tritonclient[http]" and name it in TSMA_TRITON_PYTHON.');

test.skipIf(!hasClient)('the official KServe v2 client gets right answers as JSON and as binary tensors', async () => {
  const modelStore = await tempTree({});
  await makeMar(join(modelStore, 'linear.mar'), {
    files: { 'linear.onnx': await readFile(join(packageRoot, 'test/fixtures/models/linear4x3.onnx')) },
    manifest: manifestOf({ modelName: 'linear', serializedFile: 'linear.onnx', handler: 'base_handler' }),
  });
  const { handle } = await serveStore({ port: 0, modelStore, models: ['linear.mar'], openInferenceProtocol: true });
  const script = join(packageRoot, 'test/interop/readers/triton_client.py');
  const { stdout } = await promisify(execFile)(python, [script, new URL(handle.urls.inference).host]);
  const answer = [
    [0.6468130946159363, 0.643048107624054, 0.42531490325927734],
    [0.18261408805847168, -0.19485050439834595, -0.03645437955856323],
  ];
  expect(JSON.parse(stdout)).toMatchObject({
    live: true,
    ready: true,
    model_ready: true,
    metadata: { name: 'linear', inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 4] }] },
    answers: [answer, answer, answer, answer],
    same_compressed: [true, true],
    error: '[400] The model has no input "nothing"; it has input.',
  });
});
