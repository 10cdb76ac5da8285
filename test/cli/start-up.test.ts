import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

const logger = new URL('../fixtures/cli/log-imports.mjs', import.meta.url).href;

/** Names of the packages that a command loads. */
async function packagesOf(command: string, args: readonly string[]): Promise<string[]> {
  const log = join(await tempTree({ 'imports.txt': '' }), 'imports.txt');
  await runCli(command, args, { env: { NODE_OPTIONS: `--import=${logger}`, IMPORT_LOG: log } });
  const urls = (await readFile(log, 'utf8')).split('\n');
  const names = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(names)].sort();
}

test.each([
  ['mar', ['--help']],
  ['mar', ['--version']],
  ['mar', ['inspect', '--help']],
  ['mar', ['unknown']],
  ['ts-model-archiver', ['--help']],
  ['ts-model-archiver', []],
])('%s %j loads no package but commander, as the bundle of a full build shows', async (command, args) => {
  expect(['', 'commander']).toContain((await packagesOf(command, args)).join());
});

test('a command in a pipe loads neither a spinner nor the modules of other commands', async () => {
  const packages = await packagesOf('mar', ['inspect', 'nowhere.mar']);
  for (const name of ['ora', 'find-my-way', 'archiver', 'unzipper', 'esbuild', 'onnxruntime-node', 'sharp']) {
    expect(packages).not.toContain(name);
  }
});
