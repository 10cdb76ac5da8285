import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diff } from '../../../src/commands/diff/diff.ts';
import { haveSameBytes, readSide } from '../../../src/commands/diff/read-side.ts';
import { testContext } from '../../support/context.ts';
import { makeMar } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { base } from './two-archives.ts';

test('an archive with a broken structure is refused by name', async () => {
  const root = await tempTree({ 'broken.mar': 'PK\u0003\u0004 and no more' });
  await makeMar(join(root, 'a.mar'), base);
  await expect(diff({ before: 'a.mar', after: 'broken.mar' }, testContext(root))).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
    message: expect.stringContaining('broken.mar'),
  });
});

test('a file that is neither archive nor weights is refused', async () => {
  const root = await tempTree({ 'notes.txt': 'hello' });
  await expect(readSide('notes.txt', testContext(root))).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
});

test('members of the same size and other bytes are told apart', async () => {
  const root = await tempTree({ 'm/a': 'one', 'm/b': 'two', 'm/c': 'one' });
  const side = await readSide('m', testContext(root));
  expect(await haveSameBytes(side, 'a', side, 'c')).toBe(true);
  expect(await haveSameBytes(side, 'a', side, 'b')).toBe(false);
  expect(await haveSameBytes(side, 'a', side, 'missing')).toBe(false);
  await side.close();
});
