import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { openRollingFile, type RollingFile } from '../../../src/serve/logs/rolling-file.ts';
import { canMount, smallDisk } from '../../support/small-disk.ts';
import { tempTree } from '../../support/temp-tree.ts';

async function openLog(folder: string, options: { maxBytes?: number; kept?: number; now?: () => Date } = {}) {
  const failures: string[] = [];
  const file = await openRollingFile({
    path: join(folder, 'access_log.log'),
    maxBytes: options.maxBytes ?? 1024 ** 2,
    kept: options.kept ?? 5,
    now: options.now ?? (() => new Date(2026, 4, 1, 12)),
    onFailure: (message) => void failures.push(message),
  });
  return { file, failures };
}

/** Lines that are each a write of their own. */
async function writeApart(file: RollingFile, lines: readonly string[]) {
  for (const line of lines) {
    file.write(line);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const text = (folder: string, name: string) => readFile(join(folder, name), 'utf8');
const unpacked = async (folder: string, name: string) => gunzipSync(await readFile(join(folder, name))).toString();

test('lines are appended in order, also to the file of an earlier server, and all are written on close', async () => {
  const folder = await tempTree({ 'access_log.log': 'before\n' });
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
  const { file } = await openLog(folder, { now: () => new Date() });
  for (const line of lines) file.write(line);
  await file.close();
  expect(await text(folder, 'access_log.log')).toBe(['before', ...lines, ''].join('\n'));
});

test('a file at its size is compressed under its date, with a number after the first', async () => {
  const folder = await tempTree();
  const { file } = await openLog(folder, { maxBytes: 10 });
  await writeApart(file, ['0123456789', 'abcdefghij', 'short']);
  await file.close();
  expect((await readdir(folder)).sort()).toEqual([
    'access_log.01-May.2.log.gz',
    'access_log.01-May.log.gz',
    'access_log.log',
  ]);
  expect(await unpacked(folder, 'access_log.01-May.log.gz')).toBe('0123456789\n');
  expect(await unpacked(folder, 'access_log.01-May.2.log.gz')).toBe('abcdefghij\n');
  expect(await text(folder, 'access_log.log')).toBe('short\n');
});

test('the lines of a past day get a file of their own, also those found at the start', async () => {
  const folder = await tempTree({ 'access_log.log': 'of April\n' });
  const april = new Date(2026, 3, 30, 23, 59);
  await utimes(join(folder, 'access_log.log'), april, april);
  let now = new Date(2026, 4, 1, 23, 59);
  const { file } = await openLog(folder, { now: () => now });
  await writeApart(file, ['of May 1']);
  now = new Date(2026, 4, 2, 0, 0);
  await writeApart(file, ['of May 2']);
  await file.close();
  expect(await unpacked(folder, 'access_log.30-Apr.log.gz')).toBe('of April\n');
  expect(await unpacked(folder, 'access_log.01-May.log.gz')).toBe('of May 1\n');
  expect(await text(folder, 'access_log.log')).toBe('of May 2\n');
});

test('only the newest rolled files are kept, and no other file is removed', async () => {
  const old = ['access_log.01-Apr.log.gz', 'access_log.02-Apr.log.gz', 'access_log.02-Apr.2.log.gz.part'];
  const others = ['access_log.notes.log', 'ts_log.01-Apr.log.gz'];
  const folder = await tempTree(Object.fromEntries([...old, ...others].map((name) => [name, name])));
  for (const [index, name] of old.entries()) await utimes(join(folder, name), index, index);
  const { file } = await openLog(folder, { maxBytes: 1, kept: 2 });
  await writeApart(file, ['one', 'two', 'three', 'four']);
  await file.close();
  expect((await readdir(folder)).sort()).toEqual(
    ['access_log.01-May.2.log.gz', 'access_log.01-May.3.log.gz', 'access_log.log', ...others].sort(),
  );
});

test('a folder that cannot be created stops the start, and the error has the next step', async () => {
  const folder = await tempTree({ file: '' });
  await expect(openLog(join(folder, 'file'))).rejects.toMatchObject({
    code: 'LOG_UNWRITABLE',
    message: expect.stringContaining('access_log.log cannot be written: '),
    hint: expect.stringContaining('LOG_LOCATION'),
  });
  await mkdir(join(folder, 'access_log.log'));
  await expect(openLog(folder)).rejects.toMatchObject({ code: 'LOG_UNWRITABLE' });
});

test.skipIf(!canMount)(
  'a full disk is reported once, and again when there is space, with the number of lost lines',
  async () => {
    const folder = await smallDisk(1);
    await writeFile(join(folder, 'ballast'), Buffer.alloc(900 * 1024));
    const { file, failures } = await openLog(folder, { maxBytes: 1024 ** 3 });
    onTestFinished(() => file.close());
    const large = 'x'.repeat(300 * 1024);
    await writeApart(file, [large, large, large]);
    await expect.poll(() => failures).toEqual([expect.stringMatching(/access_log\.log cannot be written \(ENOSPC\)/)]);
    await writeFile(join(folder, 'ballast'), '');
    file.write('there is room');
    await expect.poll(() => failures.at(-1)).toMatch(/is written again; 3 lines were lost\.$/);
    expect((await text(folder, 'access_log.log')).trimEnd().split('\n').at(-1)).toMatch(/there is room$/);
  },
);
