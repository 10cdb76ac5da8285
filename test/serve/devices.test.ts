import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { loadedMessage, readLoadReport } from '../../src/serve/protocol/messages.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

test.each([undefined, 'cpu', 'cuda'])(
  'a worker reports what runs its model (%s), whatever the name of the model',
  (provider) => {
    for (const name of ['m', 'm on cuda', ''])
      expect(readLoadReport(loadedMessage(name, { provider }), name).provider).toBe(provider);
    expect(readLoadReport('loaded model other words', 'm').provider).toBeUndefined();
  },
);

async function describeWorkers(config: string): Promise<Record<string, unknown>[]> {
  const folder = await tempTree({});
  const archive = await makeMar(join(folder, 'm.mar'), {
    files: {
      'model.onnx': await readFile(join(packageRoot, 'test', 'fixtures', 'models', 'linear4x3.onnx')),
      'model-config.yaml': config,
    },
    manifest: manifestOf({ handler: 'base_handler', serializedFile: 'model.onnx', configFile: 'model-config.yaml' }),
  });
  const handle = await serve({ port: 0, archives: [archive], device: 'cpu', grace: 5 }, testContext(folder));
  onTestFinished(() => handle.close());
  const answer = await fetch(`${handle.urls.management}/models/m`);
  return ((await answer.json()) as [{ workers: Record<string, unknown>[] }])[0].workers;
}

test('describe shows the CPU for a model assigned to a missing GPU', async () => {
  const workers = await describeWorkers('deviceType: gpu\ndeviceIds: [6, 7]\nminWorkers: 2\nmaxWorkers: 2\n');
  expect(workers.map(({ gpu, provider }) => ({ gpu, provider }))).toEqual([
    { gpu: false, provider: 'cpu' },
    { gpu: false, provider: 'cpu' },
  ]);
});

test('a model that asks for no GPU is described as TorchServe describes it', async () => {
  const [worker] = await describeWorkers('batchSize: 1\n');
  expect(worker).not.toHaveProperty('provider');
  expect(worker).toMatchObject({ gpu: false });
});
