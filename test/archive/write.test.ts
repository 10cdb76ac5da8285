import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeArchive } from '../../src/archive/write.ts';
import { planContents } from '../support/plan-files.ts';
import { tempTree } from '../support/temp-tree.ts';

test.each([
  ['zip', '504b0304'],
  ['tgz', '1f8b'],
] as const)('an archive of the format %s has its magic bytes, and no temporary file is left', async (format, magic) => {
  const root = await tempTree();
  const files = planContents({ 'a.txt': 'a'.repeat(100) });
  const written = await writeArchive({ target: join(root, 'm'), format, files });
  const bytes = await readFile(join(root, 'm'));
  expect(bytes.toString('hex').startsWith(magic)).toBe(true);
  expect([written.size, await readdir(root)]).toEqual([bytes.length, ['m']]);
});

test('a folder holds the files', async () => {
  const root = await tempTree();
  await writeArchive({ target: join(root, 'm'), format: 'folder', files: planContents({ 'b/a.txt': 'a' }) });
  expect(await readFile(join(root, 'm/b/a.txt'), 'utf8')).toBe('a');
});
