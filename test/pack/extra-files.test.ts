import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectExtraFiles } from '../../src/pack/extra-files.ts';
import { makeExecutable, tempTree } from '../support/temp-tree.ts';

async function collect(text: string, root: string) {
  const warnings: string[] = [];
  const inputs = await collectExtraFiles(text, root, (message) => warnings.push(message));
  return { names: inputs.map(({ destination }) => destination), inputs, warnings };
}

test('collectExtraFiles flattens files to the root', async () => {
  const root = await tempTree({ 'a/x.txt': '1', 'b/y.txt': '2' });
  expect((await collect('a/x.txt,b/y.txt', root)).names).toEqual(['x.txt', 'y.txt']);
});

test("collectExtraFiles adds a folder's children and keeps their subfolders", async () => {
  const root = await tempTree({
    'd/x.txt': '',
    'd/sub/y.txt': '',
    'd/.hidden': '',
    'd/.git/config': '',
    'd/__pycache__/z.pyc': '',
    'd/sub/__MACOSX/w': '',
  });
  expect((await collect('d', root)).names).toEqual(['.hidden', 'sub/y.txt', 'x.txt']);
  expect((await collect('d/', root)).names).toEqual(['.hidden', 'sub/y.txt', 'x.txt']);
});

test('collectExtraFiles ignores blanks around commas and empty items', async () => {
  const root = await tempTree({ 'a.txt': '', 'b.txt': '' });
  expect((await collect('a.txt, b.txt ,,', root)).names).toEqual(['a.txt', 'b.txt']);
});

test('collectExtraFiles accepts a path that exists as written, brackets and blanks included', async () => {
  const root = await tempTree({ 'a[1].txt': '', ' b.txt': '' });
  expect((await collect('a[1].txt, b.txt', root)).names).toEqual(['a[1].txt', ' b.txt']);
});

test('collectExtraFiles warns of a wildcard without a match and continues', async () => {
  const root = await tempTree({ 'a.txt': '' });
  expect(await collect('nothing*,a.txt', root)).toMatchObject({
    names: ['a.txt'],
    warnings: ['Given wildcard pattern did not match any file: nothing*'],
  });
});

test('collectExtraFiles names the item that does not exist', async () => {
  const root = await tempTree();
  await expect(collect('missing.json', root)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    message: expect.stringContaining('missing.json'),
  });
});

test('collectExtraFiles follows links to files and folders and refuses a loop', async () => {
  const root = await tempTree({ 'real/x.txt': 'x', 'given/': '' });
  await symlink(join(root, 'real'), join(root, 'given/linked'));
  await symlink(join(root, 'real/x.txt'), join(root, 'given/y.txt'));
  expect((await collect('given', root)).names).toEqual(['linked/x.txt', 'y.txt']);
  await symlink(join(root, 'given'), join(root, 'real/back'));
  await expect(collect('given', root)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('collectExtraFiles keeps only the execute bit of the mode', async () => {
  const root = await tempTree({ 'run.sh': '', 'a.txt': '' });
  await makeExecutable(join(root, 'run.sh'));
  expect((await collect('run.sh,a.txt', root)).inputs.map(({ mode }) => mode)).toEqual([0o755, 0o644]);
});
