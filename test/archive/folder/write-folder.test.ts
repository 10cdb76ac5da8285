import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFolder } from '../../../src/archive/folder/write-folder.ts';
import { planContents } from '../../support/plan-files.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('files are written into a new folder, and reported as members of an archive would be', async () => {
  const root = await tempTree();
  const target = join(root, 'm');
  const done: number[] = [];
  const files = planContents({ 'a/b.txt': 'hello', c: '' });
  const written = await writeFolder({ target, files, hash: true, onBytes: (bytes) => done.push(bytes) });
  expect(await readFile(join(target, 'a/b.txt'), 'utf8')).toBe('hello');
  expect(written).toMatchObject({
    path: target,
    size: 5,
    members: [{ path: 'a/b.txt', crc32: 0x3610a686 }, { path: 'c' }],
  });
  expect(written.members[1]?.sha256).toMatch(/^e3b0c442/);
  expect(done).toEqual([5, 5]);
});

test('a file that fails leaves no folder behind', async () => {
  const root = await tempTree();
  const [file] = planContents({ a: 'a' });
  const files = file === undefined ? [] : [{ ...file, size: 2 }];
  await expect(writeFolder({ target: join(root, 'm'), files })).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  expect(await readdir(root)).toEqual([]);
});
