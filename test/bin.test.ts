import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { binPath, runCli } from './support/run-cli.ts';
import { tempTree } from './support/temp-tree.ts';

const wanted = (
  JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { engines: { node: string } }
).engines.node.replace('>=', '');

async function runAs(version: string, command: string) {
  const folder = await tempTree();
  const preload = join(folder, 'version.cjs');
  await writeFile(preload, `Object.defineProperty(process, 'version', { value: '${version}' });`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', preload, binPath(command), '--help'], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the commands on a Node that is too old', () => {
  test.each([
    ['mar', 3],
    ['ts-model-archiver', 1],
    ['ts-workflow-archiver', 1],
  ])('%s says in one line which Node is needed and which runs', async (command, exitCode) => {
    expect(await runAs('v16.20.2', command)).toEqual({
      status: exitCode,
      stdout: '',
      stderr: `ts-model-archiver needs Node.js ${wanted} or newer; this is v16.20.2.\n`,
    });
  });

  test.each(['v20.18.3', 'v19.99.0', 'v9.0.0', 'v0.12.18'])('%s is too old', async (version) => {
    expect((await runAs(version, 'mar')).status).toBe(3);
  });

  test.each(['v20.19.0', 'v20.20.1', 'v22.0.0', 'v100.1.0', 'v25.0.0-nightly2026'])('%s is not', async (version) => {
    expect((await runAs(version, 'mar')).status).toBe(0);
  });
});

test('the commands run through a link, as npm installs them', async () => {
  const folder = await tempTree();
  execFileSync('ln', ['-s', binPath('mar'), join(folder, 'mar')]);
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'mar'), '--version'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: (await runCli('mar', ['--version'])).stdout });
});
