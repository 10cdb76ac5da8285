import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServeOptions, serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { runOursWell } from '../support/tools.ts';
import { findIncumbent, type StartOptions, startTorchServe } from './torchserve.ts';

/** A snapshot of one server is where the other goes on: the way here, and the way back. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

async function makeStore(): Promise<string> {
  const folder = await tempTree();
  await copyFile(join(packageRoot, 'test/interop/kinds.py'), join(folder, 'kinds.py'));
  for (const version of ['1.0', '2.0']) {
    const args = ['--model-name', 'kinds', '--version', version, '--handler', 'kinds.py', '--force'];
    await mkdir(join(folder, version));
    await runOursWell('ts-model-archiver', [...args, '--export-path', version], { cwd: folder });
    await copyFile(join(folder, version, 'kinds.mar'), join(folder, `kinds-${version}.mar`));
  }
  return folder;
}

/** On one port for everything TorchServe does not find the versions of a model. */
const startTheirs = async (store: string, options: StartOptions) => {
  const server = await startTorchServe(python, store, await tempTree(), { separate: true, ...options });
  onTestFinished(() => server.stop());
  return server;
};

const startOurs = async (options: ServeOptions, logs: string) => {
  const context = testContext(await tempTree(), { env: { ...process.env, LOG_LOCATION: logs }, now: () => new Date() });
  const handle = await serve({ snapshots: true, python, enableModelApi: true, port: 0, grace: 5, ...options }, context);
  onTestFinished(() => handle.close());
  return handle;
};

/** Two versions, the second one the default and scaled. */
async function settle(url: string): Promise<void> {
  for (const [method, path] of [
    ['POST', '/models?url=kinds-1.0.mar&initial_workers=1&batch_size=2&max_batch_delay=30'],
    ['POST', '/models?url=kinds-2.0.mar&initial_workers=1&response_timeout=44'],
    ['PUT', '/models/kinds/2.0?min_worker=2&synchronous=true'],
    ['PUT', '/models/kinds/2.0/set-default'],
  ] as const) {
    const answer = await fetch(url + path, { method });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.any(String)]);
  }
}

async function stateOf(url: string): Promise<unknown> {
  const [standard] = (await (await fetch(`${url}/models/kinds`)).json()) as { modelVersion: string }[];
  const all = (await (await fetch(`${url}/models/kinds/all`)).json()) as Record<string, unknown>[];
  const keys = [
    'modelVersion',
    'modelUrl',
    'minWorkers',
    'maxWorkers',
    'batchSize',
    'maxBatchDelay',
    'responseTimeout',
  ];
  const versions = all.map((one) => [...keys.map((key) => one[key]), (one.workers as unknown[]).length]);
  return { standard: standard?.modelVersion, versions: versions.sort() };
}

const settled = {
  standard: '2.0',
  versions: [
    ['1.0', 'kinds-1.0.mar', 1, 1, 2, 30, 120, 1],
    ['2.0', 'kinds-2.0.mar', 2, 2, 1, 100, 44, 2],
  ],
};

describe.skipIf('missing' in incumbent)('a snapshot', () => {
  test('written by TorchServe is restored by our server', async () => {
    const store = await makeStore();
    const theirs = await startTheirs(store, { snapshots: true });
    await settle(theirs.urls.management);
    expect(await stateOf(theirs.urls.management)).toEqual(settled);
    await theirs.stop();
    const ours = await startOurs({}, join(theirs.home, 'logs'));
    expect(await stateOf(ours.urls.management)).toEqual(settled);
    expect((await fetch(`${ours.urls.inference}/predictions/kinds`, { method: 'POST', body: 'x' })).status).toBe(200);
  }, 180_000);

  test('written by our server is restored by TorchServe', async () => {
    const store = await makeStore();
    const logs = await tempTree();
    const ours = await startOurs({ modelStore: store }, logs);
    await settle(ours.urls.inference);
    await ours.close();
    const last = (await readdir(join(logs, 'config'))).sort().at(-1) as string;
    const line = /^model_snapshot=(.*)$/m.exec(await readFile(join(logs, 'config', last), 'utf8'));
    const theirs = await startTheirs(store, { properties: { model_snapshot: line?.[1] ?? '' } });
    await expect.poll(() => stateOf(theirs.urls.management), { timeout: 60_000, interval: 500 }).toEqual(settled);
  }, 180_000);
});
