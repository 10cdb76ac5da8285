import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { extract } from '../../src/commands/extract.ts';
import { archive } from '../../src/commands/pack/archive.ts';
import { pack } from '../../src/commands/pack/pack.ts';
import { repack } from '../../src/commands/pack/repack.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

const mar = new URL('../../bin/mar.js', import.meta.url).pathname;
const handler = 'def handle(data, context):\n    return data\n';
const files = { 'handler.py': handler };

/** A folder with an archive whose model is called `src`, beside a person's own `src`. */
async function beside(own: Record<string, string>): Promise<string> {
  const cwd = await tempTree({ 'handler.py': handler, ...own });
  await makeMar(join(cwd, 'evil.mar'), { files, manifest: manifestOf({ modelName: 'src' }) });
  return cwd;
}

const forced = {
  extract: (cwd: string) => extract({ path: 'evil.mar', force: true }, testContext(cwd)),
  'extract --output': (cwd: string) => extract({ path: 'evil.mar', output: 'src', force: true }, testContext(cwd)),
  'pack --format folder': (cwd: string) =>
    pack({ modelName: 'src', handler: 'handler.py', format: 'folder', force: true }, testContext(cwd)),
  'repack --format folder': (cwd: string) =>
    repack({ path: 'evil.mar', output: 'src', format: 'folder', force: true }, testContext(cwd)),
  'no-archive of the drop-in': (cwd: string) =>
    archive(
      { modelName: 'src', handler: 'handler.py', version: '1.0', archiveFormat: 'no-archive', force: true },
      testContext(cwd),
    ),
};

it.each(Object.entries(forced))('%s never replaces a folder that is not an archive', async (_, run) => {
  const cwd = await beside({ 'src/work.ts': 'years of it' });
  await expect(run(cwd)).rejects.toMatchObject({ code: 'FOLDER_NOT_REPLACED' });
  expect(await readFile(join(cwd, 'src/work.ts'), 'utf8')).toBe('years of it');
});

it.each(Object.entries(forced))('%s replaces an unpacked archive whole', async (_, run) => {
  const cwd = await beside({ 'src/MAR-INF/MANIFEST.json': '{}', 'src/stale.py': 'old' });
  await run(cwd);
  await expect(readFile(join(cwd, 'src/stale.py'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readFile(join(cwd, 'src/handler.py'), 'utf8')).toBe(handler);
});

it.each(['.', '..', '../..'])('mar extract -f -o %s keeps the folder in which the shell is', async (output) => {
  const root = await tempTree({ 'a/b/MAR-INF/MANIFEST.json': '{}', 'a/MAR-INF/MANIFEST.json': '{}' });
  const cwd = join(root, 'a/b');
  await makeMar(join(cwd, 'evil.mar'), { files, manifest: manifestOf({}) });
  const run = promisify(execFile)(process.execPath, [mar, 'extract', 'evil.mar', '-f', '-o', output], { cwd });
  await expect(run).rejects.toMatchObject({ code: 3, stderr: expect.stringContaining('FOLDER_NOT_REPLACED') });
  expect(await readFile(join(cwd, 'MAR-INF/MANIFEST.json'), 'utf8')).toBe('{}');
});
