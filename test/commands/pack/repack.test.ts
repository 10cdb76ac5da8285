import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../src/archive/open.ts';
import { cat } from '../../../src/commands/cat.ts';
import { inspect } from '../../../src/commands/inspect/inspect.ts';
import { repack, repackResultSchema } from '../../../src/commands/pack/repack.ts';
import { readAll } from '../../../src/core/byte-source.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { makeZip } from '../../support/make-zip.ts';
import { tempTree } from '../../support/temp-tree.ts';

const text = 'the same words again and again, '.repeat(100);
const files = { 'a/text.txt': text, 'noise.bin': Uint8Array.from({ length: 3000 }, (_, at) => (at * at * 31) % 251) };

async function archiveIn(format: 'zip' | 'tgz' = 'zip', name = 'm.mar'): Promise<string> {
  const cwd = await tempTree();
  await makeMar(join(cwd, name), { files, manifest: manifestOf({}), format });
  return cwd;
}

async function contents(path: string): Promise<Record<string, string>> {
  const tree = await openArchive(path);
  try {
    const found: Record<string, string> = {};
    for (const { path: member } of await tree.list()) {
      const source = await tree.open(member);
      found[member] = (await readAll(source, 1e6)).toString('base64');
      await source.close();
    }
    return found;
  } finally {
    await tree.close();
  }
}

test.each([
  ['m.tar.gz', undefined, 'tgz'],
  ['folder', undefined, 'folder'],
  ['m.bin', 'tgz', 'tgz'],
  ['other.mar', undefined, 'mar'],
] as const)('repack to %s (format %s) keeps every name and byte', async (output, given, format) => {
  const cwd = await archiveIn();
  const result = await repack({ path: 'm.mar', output, ...(given && { format: given }) }, testContext(cwd));
  expect(result).toMatchObject({ format, files: 3 });
  expect(repackResultSchema.parse(result)).toEqual(result);
  expect(await contents(join(cwd, output))).toEqual(await contents(join(cwd, 'm.mar')));
});

test('repack from .tar.gz and from a folder makes a .mar with the same name', async () => {
  const cwd = await archiveIn('tgz', 'm.tar.gz');
  expect(await repack({ path: 'm.tar.gz', output: 'f', format: 'folder' }, testContext(cwd))).toMatchObject({
    copied: 0,
  });
  expect(await repack({ path: 'f' }, testContext(cwd))).toMatchObject({ output: 'f.mar', format: 'mar' });
  expect(await contents(join(cwd, 'f.mar'))).toEqual(await contents(join(cwd, 'm.tar.gz')));
});

test('repack copies compressed bytes unchanged, and gives the same archive again', async () => {
  const cwd = await archiveIn();
  const result = await repack({ path: 'm.mar', output: 'again.mar' }, testContext(cwd));
  expect(result.copied).toBe(3);
  expect(await readFile(join(cwd, 'again.mar'))).toEqual(await readFile(join(cwd, 'm.mar')));
});

test('repack with a compression compresses again', async () => {
  const cwd = await archiveIn();
  expect(await repack({ path: 'm.mar', output: 's.mar', compression: 'store' }, testContext(cwd))).toMatchObject({
    copied: 0,
  });
  const { files: listed } = await inspect({ path: 's.mar' }, testContext(cwd));
  expect(listed?.map(({ packed }) => packed?.method)).toEqual(['stored', 'stored', 'stored']);
});

test('repack fixes a structure that TorchServe cannot read, in place', async () => {
  const cwd = await tempTree();
  const members = [
    { name: 'stored.pt', content: 'weights', descriptor: 16 as const },
    { name: 'MAR-INF/MANIFEST.json', content: JSON.stringify(manifestOf({})), deflate: true },
  ];
  await writeFile(join(cwd, 'm.mar'), makeZip(members));
  const before = await inspect({ path: 'm.mar' }, testContext(cwd));
  expect(before.findings.map(({ severity }) => severity)).toContain('error');
  await expect(repack({ path: 'm.mar' }, testContext(cwd))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  await repack({ path: 'm.mar', force: true }, testContext(cwd));
  const after = await inspect({ path: 'm.mar', digest: true }, testContext(cwd));
  expect(after.findings).toEqual([]);
  expect(after.files?.map(({ path }) => path)).toEqual(['MAR-INF/MANIFEST.json', 'stored.pt']);
});

test.each([
  ['text.txt', 'deflated'],
  ['noise.bin', 'stored'],
])('repack of an archive whose %s (%s) is damaged leaves nothing', async (name) => {
  const cwd = await archiveIn();
  const bytes = await readFile(join(cwd, 'm.mar'));
  const at = bytes.indexOf(name) + name.length + 10;
  bytes[at] = (bytes[at] as number) ^ 1;
  await writeFile(join(cwd, 'm.mar'), bytes);
  await expect(repack({ path: 'm.mar', output: 'o.mar' }, testContext(cwd))).rejects.toMatchObject({
    code: 'MEMBER_CORRUPT',
  });
  await expect(stat(join(cwd, 'o.mar'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('repack refuses an archive whose members are uncertain', async () => {
  const cwd = await tempTree({ 'm.mar': 'no archive at all' });
  await expect(repack({ path: 'm.mar', output: 'o.mar' }, testContext(cwd))).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
  });
});

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece.slice());
  return Buffer.concat(all).toString();
}

test.each(['zip', 'tgz'] as const)('cat writes one file of an archive (%s)', async (format) => {
  const cwd = await archiveIn(format);
  expect(await collect(cat({ path: 'm.mar', member: 'a/text.txt' }, testContext(cwd)))).toBe(text);
});

test('cat of a missing file is MEMBER_NOT_FOUND, of a broken archive ARCHIVE_REFUSED', async () => {
  const cwd = await archiveIn();
  await writeFile(join(cwd, 'broken.mar'), 'nothing');
  const context = testContext(cwd);
  await expect(collect(cat({ path: 'm.mar', member: 'b' }, context))).rejects.toMatchObject({
    code: 'MEMBER_NOT_FOUND',
  });
  await expect(collect(cat({ path: 'broken.mar', member: 'b' }, context))).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
  });
});
