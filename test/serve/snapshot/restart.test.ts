import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServeOptions, serve } from '../../../src/commands/serve/serve.ts';
import { testContext } from '../../support/context.ts';
import { makeWar } from '../../support/make-war.ts';
import { binPath } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { makeModel } from '../serving.ts';

const snapshotNames = async (folder: string) => (await readdir(join(folder, 'logs', 'config'))).sort();

async function start(folder: string, options: ServeOptions = {}, env: Readonly<Record<string, string>> = {}) {
  const context = testContext(folder, { env, now: () => new Date() });
  const handle = await serve({ snapshots: true, grace: 5, ...options }, context);
  onTestFinished(() => handle.close());
  const url = handle.urls.inference;
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${url}${path}`, { method });
    expect([path, response.status, await response.clone().text()]).toEqual([path, 200, expect.any(String)]);
    return response.json();
  };
  return { handle, context, url, ask };
}

/** What a client can see of all models. */
async function describeAll(url: string): Promise<unknown> {
  const { models } = (await (await fetch(`${url}/models`)).json()) as { models: { modelName: string }[] };
  const described = models.map(async ({ modelName }) => {
    const all = (await (await fetch(`${url}/models/${modelName}/all`)).json()) as Record<string, unknown>[];
    const [standard] = (await (await fetch(`${url}/models/${modelName}`)).json()) as Record<string, unknown>[];
    const versions = all.map(({ workers, jobQueueStatus, loadedAtStartup, ...facts }) => ({
      ...facts,
      workers: (workers as unknown[]).length,
    }));
    return { modelName, default: standard?.modelVersion, versions };
  });
  return Promise.all(described);
}

/** The command as a user runs it, which can be killed. */
async function startCommand(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [binPath('mar'), 'serve', '--json', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    if (line === '}') break;
  }
  const { inference } = JSON.parse(text).urls as { inference: string };
  return { child, url: inference };
}

test('after a kill and a restart a server has the same models, versions, workers, settings and defaults', async () => {
  const folder = await tempTree();
  for (const version of ['1.0', '2.0']) await makeModel(folder, { name: 'twin', version });
  await makeModel(folder, { name: 'other' });
  await makeModel(folder, { name: 'leaving' });
  const args = ['--snapshots', '--model-store', '.', '--models', 'other-1.0.mar', 'leaving-1.0.mar', '--port', '0'];
  const first = await startCommand(folder, [...args, '--enable-model-api']);
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${first.url}${path}`, { method });
    expect([path, response.status]).toEqual([path, 200]);
  };
  await ask('POST', '/models?url=twin-1.0.mar&initial_workers=1&batch_size=4&max_batch_delay=20&response_timeout=33');
  await ask('POST', '/models?url=twin-2.0.mar&initial_workers=1&model_name=twin');
  await ask('PUT', '/models/twin/2.0?min_worker=2&max_worker=3&synchronous=true');
  await ask('PUT', '/models/other?min_worker=0&synchronous=true');
  await ask('PUT', '/models/twin/2.0/set-default');
  await ask('DELETE', '/models/leaving');
  const before = await describeAll(first.url);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');

  const second = await startCommand(folder, ['--snapshots']);
  expect(await describeAll(second.url)).toEqual(before);
  expect(before).toMatchObject([
    { modelName: 'other', versions: [{ minWorkers: 0, workers: 0 }] },
    {
      modelName: 'twin',
      default: '2.0',
      versions: [
        { modelVersion: '1.0', batchSize: 4, maxBatchDelay: 20, responseTimeout: 33, minWorkers: 1, workers: 1 },
        { modelVersion: '2.0', batchSize: 1, minWorkers: 2, maxWorkers: 3, workers: 2 },
      ],
    },
  ]);
  second.child.kill('SIGTERM');
  await once(second.child, 'close');
  expect((await snapshotNames(folder)).at(-1)).toMatch(/^\d{17}-shutdown\.cfg$/);
  const third = await startCommand(folder, ['--snapshots']);
  expect(await describeAll(third.url)).toEqual(before);
});

test('a snapshot at the start, after each change and at the end; none without the option', async () => {
  const folder = await tempTree();
  await makeModel(folder);
  const { handle, ask } = await start(folder, { archives: ['kinds-1.0.mar'], port: 0 });
  expect(await snapshotNames(folder)).toEqual([expect.stringMatching(/^\d{17}-startup\.cfg$/)]);
  await ask('PUT', '/models/kinds?min_worker=2&synchronous=true');
  await ask('PUT', '/models/kinds/1.0/set-default');
  await ask('GET', '/models/kinds');
  await handle.close();
  const names = await snapshotNames(folder);
  expect(names.map((name) => name.slice(18))).toEqual(['startup.cfg', 'snapshot.cfg', 'snapshot.cfg', 'shutdown.cfg']);
  const path = join(folder, 'logs', 'config', names[3] as string);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = await readFile(path, 'utf8');
  expect(text).toContain('inference_address=http://127.0.0.1:0\n');
  expect(text).toMatch(/"minWorkers": 2,/);
  const quiet = await tempTree();
  await makeModel(quiet);
  for (const options of [{}, { snapshots: true, noConfigSnapshots: true }]) {
    const { handle: other } = await start(quiet, {
      snapshots: false,
      archives: ['kinds-1.0.mar'],
      port: 0,
      ...options,
    });
    await other.close();
  }
  expect(await readdir(quiet)).toEqual(['kinds-1.0.mar']);
});

test('settings and archives come from the snapshot, but a flag overrides them, and omitted archives are named', async () => {
  const folder = await tempTree({ 'config.properties': 'job_queue_size=7\n' });
  const archive = await makeModel(await tempTree(), { name: 'elsewhere' });
  await makeModel(folder, { name: 'late' });
  const first = await start(folder, { archives: [archive], port: 0, serviceEnvelope: 'json' });
  await first.handle.close();
  await writeFile(join(folder, 'config.properties'), 'job_queue_size=9\n');
  const again = { archives: [archive, 'late-1.0.mar'], inferenceAddress: 'http://127.0.0.1:0' };
  const { handle, context } = await start(folder, again);
  expect(handle.models.map(({ name }) => name)).toEqual(['elsewhere']);
  const said = context.messages().join('\n');
  expect(said).toMatch(/Restoring the snapshot \S+-shutdown\.cfg; --ncs starts without it\./);
  expect(said).toContain('Not served, because the snapshot does not have it: late-1.0.mar.');
  expect(said).not.toContain('elsewhere-1.0.mar');
  expect(await (await fetch(`${handle.urls.management}/models/elsewhere`)).json()).toMatchObject([
    { jobQueueStatus: { remainingCapacity: 7 } },
  ]);
  await handle.close();
  const named = await start(folder, { tsConfig: 'config.properties', port: 0 });
  const [facts] = (await named.ask('GET', '/models/elsewhere')) as [{ jobQueueStatus: { remainingCapacity: number } }];
  expect(facts.jobQueueStatus.remainingCapacity).toBe(9);
  await named.handle.close();
  const fresh = await start(folder, { noConfigSnapshots: true, archives: ['late-1.0.mar'], port: 0 });
  expect(fresh.handle.models.map(({ name }) => name)).toEqual(['late']);
});

test('a snapshot written by TorchServe is restored from the store, also by its name only', async () => {
  const folder = await tempTree();
  await makeModel(folder, { name: 'twin', version: '1.0' });
  await makeModel(folder, { name: 'twin', version: '2.0' });
  const state = (version: string, defaultVersion: boolean) =>
    `"${version}"\\: {\\n "defaultVersion"\\: ${defaultVersion},\\n "marName"\\: "twin-${version}.mar",\\n "minWorkers"\\: 1,\\n "maxWorkers"\\: 1,\\n "batchSize"\\: 2,\\n "maxBatchDelay"\\: 100,\\n "responseTimeout"\\: 120\\n }`;
  const text = `#Saving snapshot\n#Wed Nov 25 22\\:00\\:00 UTC 2026\ninference_address=http\\://127.0.0.1\\:0\nmanagement_address=http\\://127.0.0.1\\:0\nmetrics_address=http\\://127.0.0.1\\:0\nload_models=gone.mar\nmodel_store=${folder}\nnumber_of_netty_threads=32\ntsConfigFile=logs/config/x-startup.cfg\nversion=0.12.0\nmodel_snapshot={\\n  "name"\\: "20261125220000000-shutdown.cfg",\\n  "modelCount"\\: 2,\\n  "created"\\: 1764108000000,\\n  "models"\\: {\\n "twin"\\: {\\n ${state('1.0', false)}, ${state('2.0', true)} }\\n  }\\n}\n`;
  const logs = await tempTree({ 'config/20261125220000000-shutdown.cfg': text });
  const { handle, ask, context } = await start(folder, {}, { LOG_LOCATION: logs });
  expect(await ask('GET', '/models/twin')).toMatchObject([{ modelVersion: '2.0', batchSize: 2 }]);
  expect(context.messages().join('\n')).not.toContain('gone.mar');
  await handle.close();
  const path = join(logs, 'config', '20261125220000000-shutdown.cfg');
  const named = await start(folder, { snapshots: false, tsConfig: path });
  expect(named.handle.models).toHaveLength(2);
});

test('workflows are restored with their nodes', async () => {
  const folder = await tempTree();
  await makeModel(folder, { name: 'kinds' });
  const spec = 'models:\n  m1: { url: kinds-1.0.mar }\ndag:\n  m1: [after]\n';
  const after = 'export const after = (rows) => rows.map(() => "after");\n';
  await makeWar(join(folder, 'wf.war'), { spec, handler: ['wf.mjs', after] });
  const first = await start(folder, { modelStore: folder, workflows: ['wf.war'], port: 0 });
  await first.handle.close();
  const { handle, url } = await start(folder);
  expect([handle.workflows, handle.models]).toEqual([['wf'], []]);
  expect(await (await fetch(`${url}/wfpredict/wf`, { method: 'POST', body: 'x' })).text()).toBe('after');
});

test('a fetched archive is still removed with its model after a restart', async () => {
  const [folder, store] = [await tempTree(), await tempTree()];
  const url = pathToFileURL(await makeModel(folder, { name: 'far' })).href;
  const first = await start(folder, { modelStore: store, enableModelApi: true, port: 0 });
  await first.ask('POST', `/models?url=${encodeURIComponent(url)}&initial_workers=1`);
  await first.handle.close();
  const { ask } = await start(folder);
  expect(await readdir(store)).toEqual(['far-1.0.mar']);
  expect(await ask('GET', '/models/far')).toMatchObject([{ modelUrl: url, workers: [{ status: 'READY' }] }]);
  await ask('DELETE', '/models/far');
  expect(await readdir(store)).toEqual([]);
});

describe('a server does not start from', async () => {
  const attempt = (folder: string) => serve({ snapshots: true, port: 0 }, testContext(folder));
  const kept = async () => {
    const folder = await tempTree();
    await makeModel(folder);
    const { handle } = await start(folder, { modelStore: folder, models: ['kinds-1.0.mar'], port: 0 });
    await handle.close();
    const path = join(folder, 'logs', 'config', (await snapshotNames(folder)).at(-1) as string);
    return { folder, path, text: await readFile(path, 'utf8') };
  };

  test('a snapshot that is damaged, and names it', async () => {
    const { folder, path, text } = await kept();
    const damages: [string, string][] = [
      ['', 'expected string'],
      [text.slice(0, -40), 'expected JSON, whole'],
      [text.replace('"modelCount": 1', '"modelCount": 2'), 'modelCount versions'],
      [text.replace('"defaultVersion": true', '"defaultVersion": false'), 'one default version'],
      [text.replace('"minWorkers": 1', '"minWorkers": -1'), 'models.kinds.1.0.minWorkers'],
    ];
    for (const [damaged, problem] of damages) {
      await writeFile(path, damaged);
      await expect(attempt(folder)).rejects.toMatchObject({
        code: 'SNAPSHOT_NOT_RESTORED',
        message: expect.stringMatching(new RegExp(`^The snapshot ${path} cannot be restored: .*${problem}`)),
      });
    }
  });

  test('a snapshot whose archive is missing, broken or of another version, and writes no new one', async () => {
    const { folder, path } = await kept();
    const archive = join(folder, 'kinds-1.0.mar');
    await rename(archive, join(folder, 'kept'));
    const before = await snapshotNames(folder);
    const refusal = { code: 'SNAPSHOT_NOT_RESTORED', message: expect.stringContaining(`${path} cannot be restored`) };
    await expect(attempt(folder)).rejects.toMatchObject(refusal);
    await writeFile(archive, 'no archive');
    await expect(attempt(folder)).rejects.toMatchObject(refusal);
    await rm(archive);
    await rename(await makeModel(await tempTree(), { version: '7' }), archive);
    await expect(attempt(folder)).rejects.toMatchObject({ message: expect.stringContaining('now holds version 7') });
    expect(await snapshotNames(folder)).toEqual(before);
  });
});

test('a folder that cannot be written costs a warning, not the server', async () => {
  const folder = await tempTree({ 'logs/config': 'a file where the folder should be' });
  await makeModel(folder);
  const context = testContext(folder, { env: { LOG_LOCATION: 'elsewhere' } });
  const handle = await serve({ snapshots: true, archives: ['kinds-1.0.mar'], port: 0 }, context);
  onTestFinished(() => handle.close());
  await rm(join(folder, 'elsewhere'), { recursive: true });
  await writeFile(join(folder, 'elsewhere'), 'in the way');
  const scaled = await fetch(`${handle.urls.management}/models/kinds?min_worker=2&synchronous=true`, { method: 'PUT' });
  expect(scaled.status).toBe(200);
  expect(context.messages().join('\n')).toMatch(/The snapshot cannot be saved: \S+elsewhere\S+ cannot be/);
});
