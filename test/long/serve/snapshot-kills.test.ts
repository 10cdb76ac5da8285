import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { makeModel } from '../../serve/serving.ts';
import { binPath } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';

const KILLS = 40;

/** The command as a user runs it; resolves when it listens. */
async function start(cwd: string) {
  const args = ['serve', '--json', '--snapshots', '--model-store', '.', '--enable-model-api', '--port', '0'];
  const child = spawn(process.execPath, [binPath('mar'), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const words: string[] = [];
  child.stderr.on('data', (chunk) => words.push(String(chunk)));
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    if (line === '}') break;
  }
  if (text === '') throw new Error(`the server did not start again: ${words.join('')}`);
  return { child, url: JSON.parse(text).urls.inference as string };
}

/** Registered versions, the default one marked; empty where there is none. */
async function stateOf(url: string): Promise<string> {
  const all = await fetch(`${url}/models/m/all`);
  if (all.status === 404) return '';
  const [standard] = (await (await fetch(`${url}/models/m`)).json()) as { modelVersion: string }[];
  const versions = ((await all.json()) as { modelVersion: string }[]).map(({ modelVersion }) => modelVersion);
  return versions.map((version) => (version === standard?.modelVersion ? `[${version}]` : version)).join(' ');
}

/** Changes without end, each known to be answered or not when the server dies: register, make default, unregister. */
const changes = [
  ['POST', '/models?url=m-1.0.mar&initial_workers=0', '[1.0]'],
  ['POST', '/models?url=m-2.0.mar&initial_workers=0', '[1.0] 2.0'],
  ['PUT', '/models/m/2.0/set-default', '1.0 [2.0]'],
  ['DELETE', '/models/m/1.0', '[2.0]'],
  ['DELETE', '/models/m/2.0', ''],
] as const;

test(`killed ${KILLS} times during changes, a server restarts in the state after the last answer or the next`, async () => {
  const cwd = await tempTree();
  for (const version of ['1.0', '2.0']) await makeModel(cwd, { name: 'm', version });
  let step = 0;
  let server = await start(cwd);
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = server;
    const closed = once(child, 'close');
    setTimeout(() => child.kill('SIGKILL'), 150 + Math.random() * 500);
    for (;;) {
      const [method, path] = changes[step % changes.length] as (typeof changes)[number];
      const answer = await fetch(url + path, { method }).catch(() => undefined);
      if (answer === undefined) break;
      expect([path, answer.status]).toEqual([path, 200]);
      step++;
    }
    await closed;
    server = await start(cwd);
    const [before, after] = [changes.at((step - 1) % changes.length)?.[2], changes.at(step % changes.length)?.[2]];
    const state = await stateOf(server.url);
    expect([step === 0 ? '' : before, after]).toContain(state);
    if (state === after) step++;
  }
  expect(step).toBeGreaterThan(KILLS);
  const names = await readdir(join(cwd, 'logs', 'config'));
  // At most the draft that the last kill left.
  expect(names.filter((name) => !/^\d{17}-(startup|snapshot|shutdown)\.cfg$/.test(name)).length).toBeLessThan(2);
  expect(names.length).toBeLessThan(103);
}, 300_000);
