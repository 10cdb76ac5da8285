import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { serveStore } from '../serve/serving.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

/** A Python that has `tritonclient[grpc]`, one that has `kserve`. */
const tritonPython = process.env.TSMA_TRITON_PYTHON ?? 'python3';
const kservePython = process.env.TSMA_KSERVE_PYTHON ?? 'python3';
const has = (python: string, module: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0;
const hasTriton = has(tritonPython, 'tritonclient.grpc');
const hasKserve = has(kservePython, 'kserve');
if (!hasTriton)
  console.log('Skipped: no tritonclient; pip install "tritonclient[grpc]" and name it in TSMA_TRITON_PYTHON.');
if (!hasKserve) console.log('Skipped: no kserve; pip install kserve and name its Python in TSMA_KSERVE_PYTHON.');

/** What the client prints of a server, and what the same rows get over HTTP. */
async function ask(client: 'triton' | 'kserve', python: string): Promise<{ printed: unknown; rows: unknown }> {
  const modelStore = await tempTree({});
  for (const [modelName, file] of [
    ['linear', 'linear4x3.onnx'],
    ['types', 'every-type.onnx'],
  ] as const)
    await makeMar(join(modelStore, `${modelName}.mar`), {
      files: { [file]: await readFile(join(packageRoot, 'test/fixtures/models', file)) },
      manifest: manifestOf({ modelName, serializedFile: file, handler: 'base_handler' }),
    });
  const { handle } = await serveStore({ port: 0, grpcPort: 0, modelStore, models: ['linear.mar', 'types.mar'] });
  const script = join(packageRoot, 'test/interop/readers/grpc_client.py');
  const { stdout } = await promisify(execFile)(python, [script, client, handle.grpc?.inference ?? '']);
  const answer = await fetch(`${handle.urls.inference}/predictions/linear`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([0, 4].map((first) => [first, first + 1, first + 2, first + 3])),
  });
  const rows: unknown = await answer.json();
  return { printed: JSON.parse(stdout), rows };
}

test.skipIf(!hasTriton)('Triton’s gRPC client gets back every type as it sent it', async () => {
  const { printed, rows } = await ask('triton', tritonPython);
  expect(printed).toEqual({
    ...{ live: true, ready: true, model_ready: true },
    metadata: [['input', 'FP32', [-1, 4]]],
    id: 'mine',
    linear: rows,
    changed: [],
    error: 'StatusCode.NOT_FOUND',
  });
});

test.skipIf(!hasKserve)('KServe’s gRPC client gets back every type, as typed and as raw contents', async () => {
  const { printed, rows } = await ask('kserve', kservePython);
  expect(printed).toEqual({
    ...{ live: true, ready: true, model_ready: true },
    answers: [
      ['mine', rows],
      ['mine', rows],
    ],
    changed: [],
  });
});
