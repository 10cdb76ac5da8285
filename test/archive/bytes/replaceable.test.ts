import { mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { expect, it } from 'vitest';
import { refuseForeignFolder } from '../../../src/archive/bytes/replaceable.ts';
import { tempTree } from '../../support/temp-tree.ts';

const manifest = { 'MAR-INF/MANIFEST.json': '{}' };

it.each([
  ['an unpacked archive', manifest],
  ['an unpacked workflow', { 'WAR-INF/MANIFEST.json': '{}' }],
  ['an unpacked archive with more in it', { ...manifest, 'notes.txt': 'mine' }],
  ['an empty folder', {}],
])('%s may be replaced', async (_, files) => {
  await expect(refuseForeignFolder(await tempTree(files))).resolves.toBeUndefined();
});

it.each([
  ['sources', { 'index.ts': 'export {}' }, /no MAR-INF\/MANIFEST\.json/],
  ['only folders', { 'src/deep/': '' }, /no MAR-INF\/MANIFEST\.json/],
  ['a dot file', { '.env': 'KEY=1' }, /no MAR-INF\/MANIFEST\.json/],
  ['a repository of archives', { 'm/MAR-INF/MANIFEST.json': '{}' }, /no MAR-INF\/MANIFEST\.json/],
  ['a manifest of another name', { 'MAR-INF/manifest.txt': '{}' }, /no MAR-INF\/MANIFEST\.json/],
  ['a manifest that is a folder', { 'MAR-INF/MANIFEST.json/': '' }, /no MAR-INF\/MANIFEST\.json/],
])('a folder with %s is not replaced, and the reason is given', async (_, files, reason) => {
  await expect(refuseForeignFolder(await tempTree(files))).rejects.toMatchObject({
    code: 'FOLDER_NOT_REPLACED',
    message: expect.stringMatching(reason),
  });
});

it.each([
  ['the current folder', process.cwd(), 'it is the current folder'],
  ['its parent', dirname(process.cwd()), 'it holds'],
  ['home', homedir(), 'home folder'],
  ['a root', parse(process.cwd()).root, 'it is the root of a file system'],
])('%s is never replaced, whatever its content', async (_, folder, reason) => {
  await expect(refuseForeignFolder(folder)).rejects.toMatchObject({
    code: 'FOLDER_NOT_REPLACED',
    message: expect.stringContaining(reason),
  });
});

it('the current folder is recognised by any path to it', async () => {
  const root = await tempTree();
  const link = join(root, 'link');
  await symlink(process.cwd(), link);
  await mkdir(join(root, 'empty'));
  await expect(refuseForeignFolder(link)).rejects.toThrow('it is the current folder');
  await expect(refuseForeignFolder(join(root, 'empty'))).resolves.toBeUndefined();
});
