import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLinkedFolder } from '../../../src/archive/folder/linked-folder.ts';
import { readAll } from '../../../src/core/byte-source.ts';
import { defaultLimits } from '../../../src/core/limits.ts';
import { tempTree } from '../../support/temp-tree.ts';

const pathsOf = async (folder: string) =>
  (await (await openLinkedFolder(folder, defaultLimits))?.list())?.map(({ path }) => path);

test('links are followed inside the folder, and read under their own name', async () => {
  const root = await tempTree({ 'm/a.txt': 'content', 'm/deep/b.txt': 'b' });
  await symlink('../a.txt', join(root, 'm/deep/link.txt'));
  expect(await pathsOf(join(root, 'm'))).toEqual(['a.txt', 'deep/b.txt', 'deep/link.txt']);
  const tree = await openLinkedFolder(join(root, 'm'), defaultLimits);
  const source = await tree?.open('deep/link.txt');
  expect(source && (await readAll(source, 100)).toString()).toBe('content');
  expect(source?.label).toBe('deep/link.txt');
  await source?.close();
});

test('links out of the folder, to nothing, to folders and in a circle are left out', async () => {
  const root = await tempTree({ 'm/a.txt': 'a', 'secret.txt': 's', 'other/x.txt': 'x', 'm2/secret.txt': 's' });
  for (const [name, target] of [
    ['up.txt', '../secret.txt'],
    ['absolute.txt', join(root, 'secret.txt')],
    ['beside.txt', '../m2/secret.txt'],
    ['gone.txt', 'gone'],
    ['folder', '../other'],
    ['round', '.'],
  ] as const)
    await symlink(target, join(root, 'm', name));
  expect(await pathsOf(join(root, 'm'))).toEqual(['a.txt']);
});

test('a snapshot of the cache of Hugging Face leads into its blobs', async () => {
  const root = await tempTree({ 'models--a/blobs/1': 'x', 'models--b/blobs/1': 'other', 'models--a/snapshots/': '' });
  const snapshot = join(root, 'models--a/snapshots/c');
  await mkdir(snapshot);
  await symlink('../../blobs/1', join(snapshot, 'config.json'));
  await symlink('../../../models--b/blobs/1', join(snapshot, 'stolen.json'));
  expect(await pathsOf(snapshot)).toEqual(['config.json']);
});

test('more files than an archive may have are not listed', async () => {
  const root = await tempTree({ a: '', b: '', c: '' });
  expect(await openLinkedFolder(root, { ...defaultLimits, entries: 2 })).toBeUndefined();
});
