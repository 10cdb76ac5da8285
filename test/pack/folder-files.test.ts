import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listAllFiles, listFolderFiles } from '../../src/pack/folder-files.ts';
import { tempTree } from '../support/temp-tree.ts';

const files = { 'b.txt': 'b', 'a/c.txt': 'cc', '.hidden/x': 'x', '__pycache__/y': 'y', '.env': 'e' };

test('hidden and cache folders are omitted, hidden files are not, as in torch-model-archiver', async () => {
  const found = await listFolderFiles(await tempTree(files));
  expect(found.map(({ path, size }) => [path, size])).toEqual([
    ['.env', 1],
    ['a/c.txt', 2],
    ['b.txt', 1],
  ]);
});

test('every file that is not ignored is listed, links are followed', async () => {
  const folder = await tempTree(files);
  await symlink(join(folder, 'a'), join(folder, 'link'));
  const found = await listAllFiles(folder, (absolute) => absolute.includes('__pycache__'));
  expect(found.map(({ path }) => path)).toEqual(['.env', '.hidden/x', 'a/c.txt', 'b.txt', 'link/c.txt']);
});
