import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readNamedFile, readOptionalFile } from '../../src/core/read-file.ts';
import { tempTree } from '../support/temp-tree.ts';

test('a missing file is named with its folder, also below a path that is a file', async () => {
  const folder = await tempTree({ file: 'text' });
  expect((await readNamedFile(join(folder, 'file'), 'key')).toString()).toBe('text');
  for (const path of [join(folder, 'gone'), join(folder, 'file', 'gone')]) {
    await expect(readNamedFile(path, 'key')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: `No key at ${path}.`,
    });
    expect(await readOptionalFile(path)).toBeUndefined();
  }
});

test('an existing file that cannot be read never counts as missing', async () => {
  const folder = await tempTree();
  const loop = join(folder, 'loop');
  await symlink(loop, loop);
  const isFolder = { code: 'NOT_A_FILE', message: `${folder} is a folder; the key must be a regular file.` };
  const unreadable = { code: 'FILE_UNREADABLE', message: expect.stringContaining('ELOOP') };
  for (const [path, error] of [[folder, isFolder] as const, [loop, unreadable] as const]) {
    await expect(readNamedFile(path, 'key')).rejects.toMatchObject(error);
    await expect(readOptionalFile(path, 'key')).rejects.toMatchObject(error);
  }
});
