import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { optionalPackages, packageRoot, packageVersion } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';

const source = fileURLToPath(new URL('../../src/core/package-info.ts', import.meta.url));

/** The module, as if it were installed at that path of a tree. */
async function loadAt(path: string): Promise<typeof import('../../src/core/package-info.ts')> {
  const file = join(path, 'package-info.ts');
  await mkdir(path, { recursive: true });
  await writeFile(file, await readFile(source));
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

test('packageRoot is this repository, and packageVersion its version', () => {
  expect(packageRoot).toBe(fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, ''));
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  expect(packageVersion()).toBe(version);
});

test('the optional packages are those of package.json', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const named = Object.values(optionalPackages).map((optional) => optional.package);
  expect(named.sort()).toEqual(Object.keys(optionalDependencies).sort());
});

test.each(['dist/core', 'dist/cli', 'dist'])('from %s the nearest package.json above is used', async (folder) => {
  const root = await tempTree({ 'package.json': '{"version":"0.0.1"}', 'pkg/package.json': '{"version":"9.8.7"}' });
  const info = await loadAt(join(root, 'pkg', folder));
  expect([info.packageRoot, info.packageVersion()]).toEqual([join(root, 'pkg'), '9.8.7']);
});
