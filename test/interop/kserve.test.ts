import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { serveStore } from '../serve/serving.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

/** A Python that has `kserve`. */
const python = process.env.TSMA_KSERVE_PYTHON ?? 'python3';
const hasClient = spawnSync(python, ['-c', 'import kserve']).status === 0;
if (!hasClient) console.log('Skipped: no kserve; pip install kserve and name its Python in TSMA_KSERVE_PYTHON.');

const answer = [
  [0.6468130946159363, 0.643048107624054, 0.42531490325927734],
  [0.18261408805847168, -0.19485050439834595, -0.03645437955856323],
];
const v2 = { answers: [answer, answer].map((one) => ['linear', one]), live: true, ready: true, model_ready: true };

/** What the client prints of a server, with the envelope that KServe would name. */
async function ask(protocol: 'v1' | 'v2', serviceEnvelope: 'kserve' | 'kservev2' | undefined) {
  const modelStore = await tempTree({});
  await makeMar(join(modelStore, 'linear.mar'), {
    files: { 'linear.onnx': await readFile(join(packageRoot, 'test/fixtures/models/linear4x3.onnx')) },
    manifest: manifestOf({ modelName: 'linear', serializedFile: 'linear.onnx', handler: 'base_handler' }),
  });
  const options = { port: 0, modelStore, models: ['linear.mar'], openInferenceProtocol: protocol === 'v2' };
  const { handle } = await serveStore({ ...options, ...(serviceEnvelope && { serviceEnvelope }) });
  const script = join(packageRoot, 'test/interop/readers/kserve_client.py');
  const { stdout } = await promisify(execFile)(python, [script, handle.urls.inference, protocol, 'linear']);
  return JSON.parse(stdout);
}

test.skipIf(!hasClient)('KServe’s client gets right answers over v1', async () => {
  expect(await ask('v1', 'kserve')).toEqual({ predictions: answer, model_ready: true });
});

test.skipIf(!hasClient).each([undefined, 'kservev2'] as const)(
  'KServe’s client gets right answers over v2, as JSON and as binary tensors, with the envelope %s',
  async (envelope) => {
    expect(await ask('v2', envelope)).toEqual(v2);
  },
);
