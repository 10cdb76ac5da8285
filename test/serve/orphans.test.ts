import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';
import { makeModel } from './serving.ts';

test('workers end when the server is killed without a chance to say goodbye', async () => {
  const folder = await tempTree();
  const archive = await makeModel(folder);
  const index = JSON.stringify(join(packageRoot, 'dist/index.js'));
  const script = `
    import { createContext, serve } from ${index};
    const handle = await serve({ archives: [${JSON.stringify(archive)}], port: 0 }, createContext(process.cwd()));
    const answer = await fetch(handle.urls.inference + '/predictions/kinds', { headers: { 'x-kind': 'pid' } });
    console.log(await answer.text());
  `;
  // A temporary folder of its own: a killed server cannot remove its files.
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const worker = Number(value);
  expect(isRunning(worker)).toBe(true);
  server.kill('SIGKILL');
  await expect.poll(() => isRunning(worker), { timeout: 10_000 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
