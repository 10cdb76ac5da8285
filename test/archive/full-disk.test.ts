import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { extractTree } from '../../src/archive/extract.ts';
import { openArchive } from '../../src/archive/open.ts';
import { type WrittenFormat, writtenFormats } from '../../src/archive/structure/formats.ts';
import type { PlannedFile } from '../../src/archive/structure/types.ts';
import { writeArchive } from '../../src/archive/write.ts';
import { repack } from '../../src/commands/pack/repack.ts';
import { openFile } from '../../src/core/byte-source.ts';
import { testContext } from '../support/context.ts';
import { planContents, planFile } from '../support/plan-files.ts';
import { canMount, smallDisk } from '../support/small-disk.ts';
import { tempTree } from '../support/temp-tree.ts';

const MIB = 1024 ** 2;
const DISK_MIB = 2;
const full = { code: 'FILE_UNWRITABLE', message: expect.stringContaining('ENOSPC') };

/** Twice what the disk holds, of a kind that does not shrink; one member by itself is too large, or many together. */
const tooLarge: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>> = {
  'one large member': { 'weights.bin': randomBytes(2 * DISK_MIB * MIB) },
  'many small members': Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`part-${index}.bin`, randomBytes((2 * DISK_MIB * MIB) / 40)]),
  ),
};

describe.skipIf(!canMount).each(Object.entries(tooLarge))('a full disk, %s', (_, contents) => {
  test.each(writtenFormats)('packing as %s leaves no new archive and the old one unchanged', async (format) => {
    const disk = await smallDisk(DISK_MIB);
    const target = join(disk, 'model');
    const files = planContents(contents);
    await expect(writeArchive({ target, format, files })).rejects.toMatchObject(full);
    expect(await readdir(disk)).toEqual([]);
    await writeArchive({ target, format, files: planContents({ 'a.txt': 'old', 'MAR-INF/MANIFEST.json': '{}' }) });
    const old = await content(target, format);
    await expect(writeArchive({ target, format, files, force: true })).rejects.toMatchObject(full);
    expect(await readdir(disk)).toEqual(['model']);
    expect(await content(target, format)).toEqual(old);
  });

  test('extracting leaves no new folder and the old one unchanged', async () => {
    const disk = await smallDisk(DISK_MIB);
    const archive = join(await tempTree(), 'model.mar');
    await writeArchive({ target: archive, format: 'zip', files: planContents(contents) });
    const tree = await openArchive(archive);
    try {
      const target = join(disk, 'model');
      await expect(extractTree(tree, target)).rejects.toMatchObject(full);
      expect(await readdir(disk)).toEqual([]);
      await writeArchive({
        target,
        format: 'folder',
        files: planContents({ 'a.txt': 'old', 'MAR-INF/MANIFEST.json': '{}' }),
      });
      await expect(extractTree(tree, target, { force: true })).rejects.toMatchObject(full);
      expect(await readdir(disk)).toEqual(['model']);
      expect(await content(target, 'folder')).toEqual(Buffer.from('old'));
    } finally {
      await tree.close();
    }
  });

  test('repacking in place leaves the archive unchanged', async () => {
    // The archive itself fits; its second copy does not.
    const disk = await smallDisk(3 * DISK_MIB);
    const target = join(disk, 'model.mar');
    await writeArchive({ target, format: 'zip', files: planContents(contents) });
    const before = await readFile(target);
    await expect(repack({ path: target, force: true }, testContext(disk))).rejects.toMatchObject(full);
    expect(await readdir(disk)).toEqual(['model.mar']);
    expect((await readFile(target)).equals(before)).toBe(true);
  });
});

const content = (target: string, format: WrittenFormat) =>
  readFile(format === 'folder' ? join(target, 'a.txt') : target);

/** Long enough that an end cut off is not in the first pieces read ahead. */
const size = 10 * MIB;

/** Opens the input, then does to it what another program might. */
const meddled = (path: string, meddle: () => Promise<void>): PlannedFile => ({
  ...planFile('weights.bin', path, size),
  async open() {
    const source = await openFile(path);
    await meddle();
    return source;
  },
});

describe.each(writtenFormats)('an input that changes while it is packed as %s', (format) => {
  test('truncated while it is read: an error, and nothing is left', async () => {
    const root = await tempTree({ 'weights.bin': randomBytes(size), 'out/': '' });
    const path = join(root, 'weights.bin');
    const files = [meddled(path, () => truncate(path, size / 2))];
    await expect(writeArchive({ target: join(root, 'out/model'), format, files })).rejects.toMatchObject({
      code: 'INPUT_CHANGED',
    });
    expect(await readdir(join(root, 'out'))).toEqual([]);
  });

  test.each([
    ['removed', (path: string) => rm(path, { force: true })],
    ['lengthened', (path: string) => writeFile(path, 'more', { flag: 'a' })],
  ])('%s after it was opened: the planned bytes are packed', async (_, meddle) => {
    const bytes = randomBytes(size);
    const root = await tempTree({ 'weights.bin': bytes });
    const path = join(root, 'weights.bin');
    const target = join(root, format === 'tgz' ? 'model.tar.gz' : 'model');
    const files = [meddled(path, () => meddle(path))];
    await writeArchive({ target, format, files, compression: 'store' });
    const tree = await openArchive(target);
    const source = await tree.open('weights.bin');
    expect(Buffer.from(await source.read(0, size)).equals(bytes)).toBe(true);
    await source.close();
    await tree.close();
  });
});

test.each([
  ['removed', 'FILE_NOT_FOUND', (path: string) => rm(path, { force: true })],
  ['lengthened', 'INPUT_CHANGED', (path: string) => writeFile(path, 'more', { flag: 'a' })],
])('an input %s between sampling and reading is an error, and nothing is left', async (_, code, meddle) => {
  const root = await tempTree({ 'weights.bin': randomBytes(size), 'out/': '' });
  const path = join(root, 'weights.bin');
  const files = [meddled(path, () => meddle(path))];
  await expect(writeArchive({ target: join(root, 'out/model'), format: 'zip', files })).rejects.toMatchObject({
    code,
  });
  expect(await readdir(join(root, 'out'))).toEqual([]);
});
