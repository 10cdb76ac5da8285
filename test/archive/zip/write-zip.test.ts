import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import type { WriteOptions } from '../../../src/archive/plan/write-options.ts';
import { readArchive } from '../../../src/archive/read.ts';
import { writeArchive } from '../../../src/archive/write.ts';
import { encodeEnd } from '../../../src/archive/zip/encode.ts';
import { archiveFindings } from '../../support/archive-verdict.ts';
import { planContents, planFile } from '../../support/plan-files.ts';
import { tempTree } from '../../support/temp-tree.ts';

const MIB = 1024 ** 2;
const text = Buffer.from('All happy families are alike. '.repeat(100_000));
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const floats = Buffer.from(Float32Array.from({ length: MIB / 2 }, normal).buffer);
/** Comparing megabytes element by element takes minutes; their digests say the same. */
const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const contents = {
  'a.txt': 'hello '.repeat(100),
  empty: '',
  'large/é.txt': text,
  'noise.bin': randomBytes(5000),
  'weights.bin': floats,
  'MAR-INF/MANIFEST.json': '{}',
};

async function write(files: Parameters<typeof planContents>[0], options: Partial<WriteOptions> = {}) {
  const target = join(await tempTree(), 'model.mar');
  return writeArchive({ target, format: 'zip', files: planContents(files), ...options });
}

test('a written archive reads back without a finding, in order, with the bytes that went in', async () => {
  const { path, size, members } = await write(contents, { hash: true });
  expect(await archiveFindings(path)).toEqual([]);
  expect((await stat(path)).size).toBe(size);
  expect(members.map((member) => member.path)).toEqual(Object.keys(contents));
  const reading = await readArchive(path);
  for (const member of members) {
    const content = Buffer.from(contents[member.path as keyof typeof contents]);
    const source = await reading.tree?.open(member.path);
    expect(digest((await source?.read(0, source.size)) ?? '')).toBe(digest(content));
    expect(member).toMatchObject({
      size: content.length,
      crc32: crc32(content),
      sha256: digest(content),
    });
  }
  await reading.close();
});

test('auto stores what DEFLATE would hardly shrink and deflates the rest; store stores everything', async () => {
  const methods = async (options: Partial<WriteOptions>) =>
    Object.fromEntries((await write(contents, options)).members.map(({ path, method }) => [path, method]));
  expect(await methods({ compression: 'auto' })).toEqual({
    'a.txt': 'deflated',
    empty: 'stored',
    'large/é.txt': 'deflated',
    'noise.bin': 'stored',
    'weights.bin': 'stored',
    'MAR-INF/MANIFEST.json': 'stored',
  });
  expect(new Set(Object.values(await methods({ format: 'zip', compression: 'store' })))).toEqual(new Set(['stored']));
  expect((await methods({ compression: 9 }))['weights.bin']).toBe('deflated');
});

test('a member deflated in chunks is as small as one deflated whole, within one percent', async () => {
  const { members } = await write({ 'large.txt': text });
  const { deflateRawSync } = await import('node:zlib');
  expect(members[0]?.packedSize).toBeLessThan(deflateRawSync(text).length * 1.01 + 1000);
});

test('no header needs a data descriptor or zip64', async () => {
  const { path } = await write(contents);
  const bytes = await readFile(path);
  expect(bytes.includes(Buffer.from('PK\u0007\u0008', 'latin1'))).toBe(false);
  expect(bytes.readUInt16LE(6) & 8).toBe(0);
});

test('equal inputs give equal bytes, and SOURCE_DATE_EPOCH is the time of every member', async () => {
  const bytesOf = async (options: Partial<WriteOptions>) => readFile((await write(contents, options)).path);
  const undated = digest(await bytesOf({}));
  expect(digest(await bytesOf({}))).toBe(undated);
  const dated = await bytesOf({ sourceDateEpoch: '1700000000' });
  expect(digest(dated)).not.toBe(undated);
  // 2023-11-14 22:13:20 UTC in MS-DOS form.
  expect([dated.readUInt16LE(10), dated.readUInt16LE(12)]).toEqual([
    (22 << 11) | (13 << 5) | 10,
    (43 << 9) | (11 << 5) | 14,
  ]);
});

test('progress counts every byte of the inputs once', async () => {
  const seen: number[] = [];
  await write(contents, { onBytes: (done) => seen.push(done) });
  const total = Object.values(contents).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  expect(seen.at(-1)).toBe(total);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test.each([
  ['small', 10],
  ['large', 3 * MIB],
])('a %s input whose length differs from the plan is an error, and nothing is left', async (_, size) => {
  for (const planned of [size - 5, size + 5]) {
    const root = await tempTree({ 'input.bin': randomBytes(size) });
    const target = join(root, 'model.mar');
    const files = [planFile('input.bin', join(root, 'input.bin'), planned)];
    await expect(writeArchive({ target, format: 'zip', files })).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
  }
});

test('an existing archive is unchanged without force, and when writing fails', async () => {
  const root = await tempTree({ 'model.mar': 'old' });
  const target = join(root, 'model.mar');
  await expect(writeArchive({ target, format: 'zip', files: planContents({ a: 'a' }) })).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
  const broken = [planFile('gone', join(root, 'gone'), 1)];
  await expect(writeArchive({ target, format: 'zip', files: broken, force: true })).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  expect(await readFile(target, 'utf8')).toBe('old');
  await writeArchive({ target, format: 'zip', files: planContents({ a: 'a' }), force: true });
  expect(await archiveFindings(target)).toEqual([]);
});

test.each(['zip', 'tgz'] as const)(
  'a folder at the path of a %s archive keeps its files, also with force',
  async (format) => {
    const root = await tempTree({ 'model.mar/precious.txt': 'kept' });
    const target = join(root, 'model.mar');
    await expect(writeArchive({ target, format, files: planContents({ a: 'a' }), force: true })).rejects.toMatchObject({
      code: 'NOT_A_FILE',
    });
    expect(await readFile(join(target, 'precious.txt'), 'utf8')).toBe('kept');
  },
);

test('an executable file keeps its execute bit, every other file is 0644', async () => {
  const target = join(await tempTree(), 'model.mar');
  const [plain, tool] = planContents({ 'a.py': '', 'b.sh': '' });
  await writeArchive({ target, format: 'zip', files: [plain!, { ...tool!, mode: 0o755 }] });
  const reading = await readArchive(target);
  expect((await reading.tree?.list())?.map(({ mode }) => mode)).toEqual([0o644, 0o755]);
  await reading.close();
});

test('an archive without files is valid', async () => {
  expect(await archiveFindings((await write({})).path)).toEqual([]);
});

test('zip64 records appear from 65,535 members, 4 GiB - 1 of directory or an offset of 4 GiB - 1 on', () => {
  const most = 0xffffffff;
  for (const fits of [encodeEnd(65_534, 1, 1), encodeEnd(1, most - 1, 1), encodeEnd(1, 1, most - 1)])
    expect(fits.length).toBe(22);
  for (const wide of [encodeEnd(65_535, 1, 1), encodeEnd(1, most, 1), encodeEnd(1, 1, most)])
    expect(wide.length).toBe(98);
});
