/** Requests sent at once with batchSize 8: joined where the model's rows are independent, else each as if it came alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

/** `maxBatchDelay` longer than the test may take shows that nothing waits for a batch that is never formed. */
async function serveModel(model: string, maxBatchDelay: number) {
  const folder = await tempTree();
  const weights = await readFile(join(packageRoot, 'test/fixtures/models', model));
  const archive = await makeMar(join(folder, 'm.mar'), {
    files: { [model]: weights, 'model-config.yaml': `batchSize: 8\nmaxBatchDelay: ${maxBatchDelay}\n` },
    manifest: manifestOf({
      modelName: 'm',
      handler: 'base_handler',
      serializedFile: model,
      configFile: 'model-config.yaml',
    }),
  });
  const handle = await serve({ port: 0, archives: [archive], threads: 1, grace: 5 }, testContext(folder));
  onTestFinished(() => handle.close());
  const ask = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const url = `${handle.urls.inference}/predictions/m`;
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const describe = async () => {
    const [model] = (await (await fetch(`${handle.urls.management}/models/m`)).json()) as [{ workers: [unknown] }];
    return model.workers[0];
  };
  return { ask, describe };
}

const requests = [[[1, 2]], [[3, 4]], [[5, 6]], [[7, 8]]];

test('a model that sums over its rows answers each request on its own, without waiting for a batch', async () => {
  const { ask, describe } = await serveModel('running-sum.onnx', 3_600_000);
  expect(await Promise.all(requests.map(ask))).toEqual(requests);
  expect(await describe()).toMatchObject({
    batching: { joined: false, reason: 'Its output "y" changes when rows share a run.' },
  });
});

test('a model with independent rows batches requests', async () => {
  const { ask, describe } = await serveModel('double-two-rows.onnx', 50);
  expect(await Promise.all([ask([1, 2, 3]), ask([4, 5, 6]), ask([7, 8, 9])])).toEqual([
    [2, 4, 6],
    [8, 10, 12],
    [14, 16, 18],
  ]);
  expect(await describe()).toMatchObject({
    batching: { joined: true, reason: 'Its rows gave the same answers alone and together.' },
  });
});
