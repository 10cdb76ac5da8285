import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ServeOptions, serve } from '../../../src/commands/serve/serve.ts';
import { startClients } from '../../serve/chaos.ts';
import { makeGate, makeModel } from '../../serve/serving.ts';
import { testContext } from '../../support/context.ts';
import { makeWar } from '../../support/make-war.ts';
import { tempTree } from '../../support/temp-tree.ts';

/** Answers with a word, after a moment: some request is always at hand when something changes. */
const saying = (word: string) => `
export default {
  async handle(rows) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return rows.map(() => '${word}');
  },
};`;

/** An archive of another content, made aside as a build makes it. */
const makeSaying = async (word: string, version = '1.0', config?: string) =>
  makeModel(await tempTree(), {
    name: 'said',
    version,
    code: saying(word),
    ...(config === undefined ? {} : { config }),
  });

async function startWatching(options: ServeOptions = {}, word = 'one') {
  const folder = await tempTree();
  const archive = join(folder, 'said.mar');
  await rename(await makeSaying(word), archive);
  const context = testContext(folder);
  const handle = await serve(
    { archives: [archive], modelStore: folder, port: 0, watch: true, grace: 5, ...options },
    context,
  );
  onTestFinished(() => handle.close());
  const url = handle.urls.inference;
  const predict = async (model = 'said') =>
    (await fetch(`${url}/predictions/${model}`, { method: 'POST', body: 'x' })).text();
  const says = (text: string | RegExp) => expect.poll(() => context.messages().join('\n')).toMatch(text);
  return { folder, archive, context, handle, url, predict, says };
}

test('five swaps under load: every request is answered, by the old model or the new one', async () => {
  const { archive, url, context } = await startWatching({ workers: 2 });
  const { seen, failures, stop } = startClients(`${url}/predictions/said`);
  for (const [index, word] of ['two', 'three', 'four', 'five', 'six'].entries()) {
    // Versions come and go too.
    const next = await makeSaying(word, index === 2 ? '2.0' : '1.0');
    if (index % 2 === 0) await rename(next, archive);
    else await writeFile(archive, await readFile(next));
    await expect.poll(() => seen.has(word)).toBe(true);
  }
  await stop();
  expect(failures).toEqual([]);
  expect([...seen.keys()]).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
  const changes = () => context.messages().filter((line) => line.startsWith('said.mar changed'));
  await expect.poll(changes).toHaveLength(5);
  const lines = changes();
  expect(lines[2]).toMatch(/^said\.mar changed: said 2\.0 serves it after \d+\.\d s\.$/);
  const described = (await (await fetch(`${url}/models/said/all`)).json()) as {
    modelVersion: string;
    workers: unknown[];
  }[];
  expect(described.map(({ modelVersion, workers }) => [modelVersion, workers.length])).toEqual([['1.0', 2]]);
});

test('an archive that is refused or fails to load changes nothing and is reported; the next good one is loaded', async () => {
  const { archive, predict, says } = await startWatching();
  await writeFile(archive, (await readFile(archive)).subarray(0, 300));
  await says(/said\.mar changed, but the old model stays served: \S+said\.mar is refused: /);
  await rename(
    await makeModel(await tempTree(), { name: 'said', code: `throw new Error("no start today");${saying('never')}` }),
    archive,
  );
  await says(/said\.mar changed, but the old model stays served: .*no start today/);
  await rename(await makeModel(await tempTree(), { name: 'renamed' }), archive);
  await says(/stays served: The archive of said now holds another model, renamed\./);
  expect(await predict()).toBe('one');
  await rename(await makeSaying('good'), archive);
  await expect.poll(() => predict()).toBe('good');
});

test('a removed archive stays served, with one log line; when it is restored it is loaded', async () => {
  const { archive, predict, says, context } = await startWatching();
  await rm(archive);
  await says('said.mar was removed; its model stays served.');
  expect(await predict()).toBe('one');
  await rename(await makeSaying('back'), archive);
  await expect.poll(() => predict()).toBe('back');
  expect(context.messages().filter((line) => line.includes('was removed'))).toHaveLength(1);
});

test('scaled workers stay scaled; other settings are those of the new archive', async () => {
  const { archive, url, predict } = await startWatching();
  await fetch(`${url}/models/said?min_worker=2&max_worker=3&synchronous=true`, { method: 'PUT' });
  await rename(await makeSaying('two', '1.0', 'batchSize: 5\nminWorkers: 1\nmaxWorkers: 1\n'), archive);
  await expect.poll(() => predict()).toBe('two');
  expect(await (await fetch(`${url}/models/said`)).json()).toMatchObject([
    { batchSize: 5, minWorkers: 2, maxWorkers: 3, workers: [{ status: 'READY' }, { status: 'READY' }] },
  ]);
});

test('a changed file in an unpacked folder reloads the model', async () => {
  const folder = await tempTree();
  const unpacked = join(folder, 'unpacked');
  await mkdir(join(unpacked, 'MAR-INF'), { recursive: true });
  const manifest = { runtime: 'nodejs', model: { modelName: 'said', modelVersion: '1.0', handler: 'handler.mjs' } };
  await writeFile(join(unpacked, 'MAR-INF', 'MANIFEST.json'), JSON.stringify(manifest));
  await writeFile(join(unpacked, 'handler.mjs'), saying('one'));
  const handle = await serve({ archives: ['unpacked'], port: 0, watch: true }, testContext(folder));
  onTestFinished(() => handle.close());
  const predict = async () =>
    (await fetch(`${handle.urls.inference}/predictions/said`, { method: 'POST', body: 'x' })).text();
  await writeFile(join(unpacked, 'handler.mjs'), saying('two'));
  await expect.poll(predict).toBe('two');
});

test('archives added to a fully served store are loaded; one that failed at the start is not retried', async () => {
  const { folder, predict, context, says } = await startWatching({ archives: [], models: ['all'] });
  await writeFile(join(folder, 'bad.mar'), 'no archive');
  await says(/bad\.mar is not served: /);
  await cp(await makeModel(await tempTree(), { name: 'added', code: saying('hello') }), join(folder, 'added.mar'));
  await says('added.mar is new: added 1.0 serves it');
  expect(await predict('added')).toBe('hello');
  expect(context.messages().filter((line) => line.includes('bad.mar'))).toHaveLength(1);
});

test('an archive added to a fully served store while others load is loaded', async () => {
  const folder = await tempTree();
  const gate = await makeGate();
  const waiting = `
    import { existsSync, writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(`${gate.path}.begun`)}, '');
    while (!existsSync(${JSON.stringify(`${gate.path}.open`)})) await new Promise((resolve) => setTimeout(resolve, 10));
    ${saying('one')}`;
  await makeModel(folder, { name: 'slow', code: waiting });
  const context = testContext(folder);
  const starting = serve({ modelStore: folder, models: ['all'], port: 0, watch: true, grace: 5 }, context);
  await gate.begun();
  await rename(await makeSaying('two'), join(folder, 'said.mar'));
  await gate.open();
  const handle = await starting;
  onTestFinished(() => handle.close());
  await expect.poll(() => context.messages().join('\n')).toContain('said.mar is new: said 1.0 serves it');
});

test('two models of one archive are both reloaded; a workflow is not, with a log line', async () => {
  const folder = await tempTree();
  await rename(await makeSaying('one'), join(folder, 'said.mar'));
  const spec = 'models:\n  m1: { url: said.mar }\ndag:\n  m1: [last]\n';
  const last = (word: string) => `export const last = (rows) => rows.map((row) => row.body + ' ${word}');\n`;
  await makeWar(join(folder, 'wf.war'), { spec, handler: ['wf.mjs', last('end')] });
  const context = testContext(folder);
  const options = { modelStore: folder, models: ['a=said.mar', 'b=said.mar'], workflows: ['wf.war'] };
  const handle = await serve({ ...options, port: 0, watch: true }, context);
  onTestFinished(() => handle.close());
  const ask = async (path: string) =>
    (await fetch(`${handle.urls.inference}/${path}`, { method: 'POST', body: 'x' })).text();
  await rename(await makeSaying('two'), join(folder, 'said.mar'));
  await expect.poll(() => ask('predictions/a')).toBe('two');
  await expect.poll(() => ask('predictions/b')).toBe('two');
  await expect.poll(() => ask('wfpredict/wf')).toBe('two end');
  await makeWar(join(folder, 'new.war'), { spec, handler: ['wf.mjs', last('other')] });
  await rename(join(folder, 'new.war'), join(folder, 'wf.war'));
  await expect.poll(() => context.messages().join('\n')).toContain('wf.war changed, but the old model stays served');
  expect(await ask('wfpredict/wf')).toBe('two end');
});
