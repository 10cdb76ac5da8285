import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';
import { runTool } from '../support/tools.ts';
import { pages } from './pages.ts';

/** The settings of someone who is strict and has the package installed. */
const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];

test('the TypeScript of the pages and the examples of the library compile in strict mode', async () => {
  const folder = await tempTree({ 'node_modules/': '' });
  await symlink(packageRoot, join(folder, 'node_modules/ts-model-archiver'), 'junction');
  const fences = pages.flatMap(({ path, fences: all }) =>
    all
      .filter(({ language, name }) => language === 'ts' || (language === 'js' && name === undefined))
      .map(({ text }, index) => [`${path.replaceAll('/', '-')}-${index + 1}.mts`, text] as const),
  );
  for (const [name, text] of fences) await writeFile(join(folder, name), text);
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const types = ['--typeRoots', join(packageRoot, 'node_modules/@types')];
  const names = fences.map(([name]) => name);
  expect(names.length).toBeGreaterThan(10);
  const { exitCode, stdout } = await runTool(process.execPath, [tsc, ...flags, ...types, ...names], { cwd: folder });
  expect(`${exitCode} ${stdout}`).toBe('0 ');
});
