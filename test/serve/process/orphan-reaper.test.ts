import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { makeModel } from '../serving.ts';

/** A server in a process of its own, with a temporary folder of its own; the pid its worker says. */
async function startVictim(kind: string): Promise<{ server: ChildProcess; worker: number; temporary: string }> {
  const folder = await tempTree({ 'tmp/': '' });
  const archive = await makeModel(folder);
  const index = JSON.stringify(join(packageRoot, 'dist/index.js'));
  const script = `
    import { createContext, serve } from ${index};
    const handle = await serve({ archives: [${JSON.stringify(archive)}], port: 0 }, createContext(process.cwd()));
    const ask = (kind) => fetch(handle.urls.inference + '/predictions/kinds', { headers: { 'x-kind': kind } });
    const pid = await (await ask('pid')).text();
    ask(${JSON.stringify(kind)}).catch(() => {});
    setTimeout(() => console.log(pid), 200);
  `;
  const temporary = join(folder, 'tmp');
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const { value } = await createInterface(server.stdout)[Symbol.asyncIterator]().next();
  return { server, worker: Number(value), temporary };
}

test.each([
  ['waits', 'str'],
  ['runs a handler that never ends', 'sleep'],
  ['is in an endless loop and hears of nothing', 'loop'],
])('a killed server leaves no worker and no file when its worker %s', async (_, kind) => {
  const { server, worker, temporary } = await startVictim(kind);
  expect(isRunning(worker)).toBe(true);
  expect(await readdir(temporary)).not.toEqual([]);
  server.kill('SIGKILL');
  await expect.poll(() => isRunning(worker)).toBe(false);
  await expect.poll(() => readdir(temporary)).toEqual([]);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
