import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { extractTree } from '../../src/archive/extract.ts';
import { openArchive } from '../../src/archive/open.ts';
import { type WrittenFormat, writtenFormats } from '../../src/archive/structure/formats.ts';
import { writeArchive } from '../../src/archive/write.ts';
import { makeZip } from '../support/make-zip.ts';
import { planContents } from '../support/plan-files.ts';
import { tempTree } from '../support/temp-tree.ts';

const contents = {
  'a.txt': 'text '.repeat(50),
  'sub/deep/é.bin': Buffer.from([0, 1, 2]),
  empty: '',
  'MAR-INF/MANIFEST.json': '{}',
};

async function packed(root: string, format: WrittenFormat): Promise<string> {
  const target = join(root, `model.${format}`);
  await writeArchive({ target, format, files: planContents(contents), topFolder: 'model' });
  return target;
}

test.each(writtenFormats)('a %s archive extracts to the files that were packed', async (format) => {
  const root = await tempTree();
  const tree = await openArchive(await packed(root, format));
  const result = await extractTree(tree, join(root, 'out'));
  await tree.close();
  expect(result).toEqual({ target: join(root, 'out'), files: 4, bytes: 255 });
  for (const [path, content] of Object.entries(contents)) {
    expect(await readFile(join(root, 'out', path))).toEqual(Buffer.from(content));
  }
  expect((await readdir(root)).sort()).toEqual([`model.${format}`, 'out']);
});

test('include and exclude select the members', async () => {
  const root = await tempTree();
  const tree = await openArchive(await packed(root, 'zip'));
  const options = {
    include: (path: string) => path.includes('.'),
    exclude: (path: string) => path.startsWith('MAR-INF/'),
  };
  expect(await extractTree(tree, join(root, 'out'), options)).toMatchObject({ files: 2 });
  expect((await readdir(join(root, 'out'))).sort()).toEqual(['a.txt', 'sub']);
  await tree.close();
});

test('an existing target is refused without force, and replaced whole with it', async () => {
  const root = await tempTree({ 'out/stale.txt': 'old', 'out/MAR-INF/MANIFEST.json': '{}' });
  const tree = await openArchive(await packed(root, 'zip'));
  await expect(extractTree(tree, join(root, 'out'))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  expect(await readdir(join(root, 'out'))).toEqual(['MAR-INF', 'stale.txt']);
  await extractTree(tree, join(root, 'out'), { force: true });
  expect(await readdir(join(root, 'out'))).not.toContain('stale.txt');
  await tree.close();
});

describe('a failure leaves the old target untouched and nothing else', () => {
  test('damaged content', async () => {
    const bytes = makeZip([
      { name: 'a', content: 'fine' },
      { name: 'b', content: 'damaged' },
    ]);
    bytes[bytes.indexOf('damaged')] = 0x44;
    const root = await tempTree({ 'bad.mar': bytes, 'out/old.txt': 'old', 'out/MAR-INF/MANIFEST.json': '{}' });
    const tree = await openArchive(join(root, 'bad.mar'));
    await expect(extractTree(tree, join(root, 'out'), { force: true })).rejects.toMatchObject({
      code: 'MEMBER_CORRUPT',
    });
    await tree.close();
    expect((await readdir(root)).sort()).toEqual(['bad.mar', 'out']);
    expect(await readFile(join(root, 'out/old.txt'), 'utf8')).toBe('old');
  });

  test('more bytes than the limit, counted while they are read', async () => {
    const root = await tempTree();
    const tree = await openArchive(await packed(root, 'zip'));
    await expect(extractTree(tree, join(root, 'out'), { limits: { totalBytes: 100 } })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    await tree.close();
    expect(await readdir(root)).toEqual(['model.zip']);
  });

  test('cancelled', async () => {
    const root = await tempTree();
    const tree = await openArchive(await packed(root, 'zip'));
    const controller = new AbortController();
    const extraction = extractTree(tree, join(root, 'out'), {
      signal: controller.signal,
      onBytes: () => controller.abort(),
    });
    await expect(extraction).rejects.toMatchObject({ code: 'CANCELLED' });
    await tree.close();
    expect(await readdir(root)).toEqual(['model.zip']);
  });
});

test('setuid is dropped, the execute bit is kept', async () => {
  const bytes = makeZip([
    { name: 'tool', mode: 0o104755 },
    { name: 'plain', mode: 0o100666 },
  ]);
  const root = await tempTree({ 'a.mar': bytes });
  const tree = await openArchive(join(root, 'a.mar'));
  await extractTree(tree, join(root, 'out'));
  await tree.close();
  expect((await stat(join(root, 'out/tool'))).mode & 0o7777).toBe(0o755);
  expect((await stat(join(root, 'out/plain'))).mode & 0o7777 & ~0o022).toBe(0o644);
});

test('temporary folders of dead processes are removed, those of live processes and of others are kept', async () => {
  const root = await tempTree();
  const { path: first } = await writeArchive({
    target: join(root, 'first.mar'),
    format: 'zip',
    files: planContents(contents),
  });
  const { hostname } = await import('node:os');
  const { createHash } = await import('node:crypto');
  const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  // Process 2^22 + 1 is beyond what the kernel gives out; process 1 always lives.
  await writeFile(join(root, `.x.mar.4194305.${host}0123456789ab.tmp`), 'stale');
  await mkdir(join(root, `.out.4194305.${host}0123456789ab.tmp/sub`), { recursive: true });
  await mkdir(join(root, `.kept.4194305.${host}0123456789ab.old`));
  const strangers = [
    `.x.mar.1.${host}0123456789ab.tmp`,
    '.x.mar.4194305.ffffffff0123456789ab.tmp',
    '.x.mar.4194305.tmp',
  ];
  for (const name of strangers) await writeFile(join(root, name), 'not ours');
  const tree = await openArchive(first);
  await extractTree(tree, join(root, 'out'));
  await tree.close();
  expect((await readdir(root)).sort()).toEqual([...strangers, 'first.mar', 'kept', 'out'].sort());
});
