/** The folder that KServe mounts, and the command line and the variables it starts TorchServe with. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { makeModel } from './serving.ts';

const CODE = 'export default { handle: (rows) => rows.map(({ data }) => data * 2) };';

async function deployed(env: Readonly<Record<string, string>>) {
  const mount = await tempTree();
  const store = join(mount, 'model-store');
  await mkdir(store);
  await makeModel(store, { name: 'double', code: CODE });
  // As in KServe's examples: written by hand, without the time at which a snapshot is made.
  const version = { defaultVersion: true, marName: 'double-1.0.mar', minWorkers: 1, maxWorkers: 5, batchSize: 1 };
  const snapshot = {
    name: 'startup.cfg',
    modelCount: 1,
    models: { double: { '1.0': { ...version, maxBatchDelay: 10, responseTimeout: 120 } } },
  };
  const lines = [
    'inference_address=http://127.0.0.1:0',
    'management_address=http://127.0.0.1:0',
    'metrics_address=http://127.0.0.1:0',
    'grpc_inference_port=7070',
    'grpc_management_port=7071',
    'enable_envvars_config=true',
    'install_py_dep_per_model=true',
    'enable_metrics_api=true',
    'metrics_mode=prometheus',
    'NUM_WORKERS=1',
    'number_of_netty_threads=4',
    'job_queue_size=10',
    `model_store=${store}`,
    `model_snapshot=${JSON.stringify(snapshot)}`,
  ];
  const folder = await tempTree({ 'config/config.properties': lines.join('\n') });
  const tsConfig = join(folder, 'config/config.properties');
  const handle = await serve({ modelStore: store, tsConfig, grace: 1 }, testContext(folder, { env }));
  onTestFinished(() => handle.close());
  return handle.urls;
}

const post = async (url: string, body: unknown) => {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
};

test('v1: the model of the snapshot is ready, and answers in the envelope of TS_SERVICE_ENVELOPE', async () => {
  const { inference, management } = await deployed({ TS_SERVICE_ENVELOPE: 'kserve', PROTOCOL_VERSION: 'v1' });
  expect(await (await fetch(`${management}/v1/models/double`)).json()).toEqual({ name: 'double', ready: true });
  expect(await post(`${inference}/v1/models/double:predict`, { instances: [1, 2] })).toEqual({ predictions: [2, 4] });
  expect((await fetch(`${inference}/v2/health/ready`)).status).toBe(404);
});

test.each(['v2', 'grpc-v2'])('PROTOCOL_VERSION=%s: the Open Inference Protocol is served', async (version) => {
  const { inference } = await deployed({ TS_SERVICE_ENVELOPE: 'kservev2', PROTOCOL_VERSION: version });
  expect(await (await fetch(`${inference}/v2/health/ready`)).json()).toEqual({ ready: true });
  expect(await (await fetch(`${inference}/v2/models/double/ready`)).json()).toMatchObject({ ready: true });
  const input = { name: 'x', shape: [1], datatype: 'BYTES', data: ['4'] };
  expect(await post(`${inference}/v2/models/double/infer`, { inputs: [input] })).toMatchObject({
    outputs: [{ name: 'x', data: [8] }],
  });
});
