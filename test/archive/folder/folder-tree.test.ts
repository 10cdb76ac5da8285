import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../src/archive/open.ts';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { readAll } from '../../../src/core/byte-source.ts';
import { planContents } from '../../support/plan-files.ts';
import { makeExecutable, tempTree } from '../../support/temp-tree.ts';

const files = { 'b.txt': 'b', 'a/c.txt': 'c', 'Z.txt': 'Z' };

test('a folder and a plan are equal trees, sorted by the bytes of the names', async () => {
  const root = await tempTree(files);
  await makeExecutable(join(root, 'b.txt'));
  const folder = await openArchive(root);
  const plan = planTree('plan', planContents(files));
  const paths = ['Z.txt', 'a/c.txt', 'b.txt'];
  for (const tree of [folder, plan]) {
    expect((await tree.list()).map((entry) => entry.path)).toEqual(paths);
    expect(await tree.has('a/c.txt')).toBe(true);
    expect(await tree.has('a')).toBe(false);
    const source = await tree.open('a/c.txt');
    expect((await readAll(source, 10)).toString()).toBe('c');
    await source.close();
    await expect(tree.open('missing')).rejects.toMatchObject({ code: 'MEMBER_NOT_FOUND' });
    await tree.close();
  }
  expect((await folder.list()).map(({ mode }) => mode)).toEqual([0o644, 0o644, 0o755]);
});

test('a link in a folder is refused and not followed', async () => {
  const root = await tempTree(files);
  await symlink('/etc/passwd', join(root, 'link'));
  await expect(openArchive(root)).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
    findings: [{ rule: 'archive/special-file' }],
  });
});

test('a missing folder throws', async () => {
  await expect(openArchive('/nowhere/at/all')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
