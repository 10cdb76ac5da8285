import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArchive } from '../../src/archive/read.ts';
import { writtenFormats } from '../../src/archive/structure/formats.ts';
import { makeMar } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

test.each(writtenFormats)('an archive of the format %s is recognised by its content', async (format) => {
  const path = await makeMar(join(await tempTree(), 'm.odd'), { files: { 'a.txt': 'a' }, format });
  const reading = await readArchive(path);
  expect(reading.findings).toEqual([]);
  expect((await reading.tree?.list())?.map((entry) => entry.path)).toEqual(['a.txt']);
  await reading.close();
});

test('limits apply from the first header on', async () => {
  const path = await makeMar(join(await tempTree(), 'm.mar'), { files: { a: 'aaaa', b: 'bbbb' } });
  const reading = await readArchive(path, { limits: { totalBytes: 7 } });
  expect(reading.findings.map(({ rule }) => rule)).toEqual(['archive/total-size']);
  await reading.close();
});

test('a missing path is FILE_NOT_FOUND', async () => {
  await expect(readArchive(join(await tempTree(), 'gone.mar'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
