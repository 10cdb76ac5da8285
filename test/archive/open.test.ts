import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../src/archive/open.ts';
import { readAll } from '../../src/core/byte-source.ts';
import { makeMar } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

test('a valid archive and a folder open as file trees', async () => {
  const root = await tempTree({ 'folder/a.txt': 'a' });
  for (const path of [await makeMar(join(root, 'm.mar'), { files: { 'a.txt': 'a' } }), join(root, 'folder')]) {
    const tree = await openArchive(path);
    expect((await tree.list()).map((entry) => entry.path)).toEqual(['a.txt']);
    const source = await tree.open('a.txt');
    expect((await readAll(source, 10)).toString()).toBe('a');
    await source.close();
    await tree.close();
  }
});

test('a file that is not an archive is refused with its findings', async () => {
  const path = join(await tempTree({ 'm.mar': 'text' }), 'm.mar');
  await expect(openArchive(path)).rejects.toMatchObject({ findings: [{ rule: 'archive/format' }] });
});
