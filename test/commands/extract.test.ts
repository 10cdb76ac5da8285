import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { extract, extractResultSchema } from '../../src/commands/extract.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

const files = { 'handler.py': 'def handle(data, context): pass\n', 'labels/a.json': '{}', 'labels/deep/b.json': '[]' };

async function archiveIn(cwd: string, manifest: unknown = manifestOf({ modelName: 'digits' })): Promise<string> {
  await makeMar(join(cwd, 'given.mar'), { files, manifest });
  return cwd;
}

const listing = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

test('extract creates a folder named after the model, with every byte', async () => {
  const cwd = await archiveIn(await tempTree());
  const result = await extract({ path: 'given.mar' }, testContext(cwd));
  expect(result).toMatchObject({ target: join(cwd, 'digits'), files: 4 });
  expect(extractResultSchema.parse(result)).toEqual(result);
  for (const [path, text] of Object.entries(files)) {
    expect(await readFile(join(cwd, 'digits', path), 'utf8')).toBe(text);
  }
});

test('extract uses the name of the archive if the manifest has no usable name', async () => {
  const cwd = await archiveIn(await tempTree(), manifestOf({ modelName: '../up' }));
  const { target } = await extract({ path: 'given.mar' }, testContext(cwd));
  expect(target).toBe(join(cwd, 'given'));
});

test('extract refuses an existing folder, and replaces it with force', async () => {
  const cwd = await archiveIn(await tempTree({ 'out/stale.txt': 'old', 'out/MAR-INF/MANIFEST.json': '{}' }));
  const options = { path: 'given.mar', output: 'out' };
  await expect(extract(options, testContext(cwd))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  expect(await listing(join(cwd, 'out'))).toEqual(['MAR-INF', 'MAR-INF/MANIFEST.json', 'stale.txt']);
  await extract({ ...options, force: true }, testContext(cwd));
  expect(await listing(join(cwd, 'out'))).not.toContain('stale.txt');
});

test.each([
  ['b[12].txt', ['b1.txt', 'b2.txt', 'b[12].txt']],
  ['[!b]*.txt', ['a.txt', 'deep/c.txt']],
  ['/*.txt', ['a.txt', 'b1.txt', 'b2.txt', 'b3.txt', 'b[12].txt']],
  ['**/c.txt', ['deep/c.txt']],
  ['./a.txt', ['a.txt']],
  ['deep', ['deep/c.txt', 'deep/er/D.TXT']],
  ['deep/', ['deep/c.txt', 'deep/er/D.TXT']],
  ['deep/**', ['deep/c.txt', 'deep/er/D.TXT']],
  ['*.TXT', ['deep/er/D.TXT']],
])('extract --include %s matches as .gitignore does', async (pattern, expected) => {
  const cwd = await tempTree();
  const names = ['a.txt', 'b1.txt', 'b2.txt', 'b3.txt', 'b[12].txt', 'deep/c.txt', 'deep/er/D.TXT'];
  await makeMar(join(cwd, 'm.mar'), { files: Object.fromEntries(names.map((name) => [name, ''])), manifest: {} });
  const { entries } = await extract({ path: 'm.mar', include: [pattern], dryRun: true }, testContext(cwd));
  expect(entries.map(({ path }) => path).sort()).toEqual([...expected].sort());
});

test('extract writes the files that --include matches, without those that --exclude matches', async () => {
  const cwd = await archiveIn(await tempTree());
  const options = { path: 'given.mar', output: 'out', include: ['labels', '*.py'], exclude: ['deep'] };
  expect(await extract(options, testContext(cwd))).toMatchObject({ files: 2 });
  expect(await listing(join(cwd, 'out'))).toEqual(['handler.py', 'labels', 'labels/a.json']);
});

test('extract names a pattern that matches nothing, and writes nothing', async () => {
  const cwd = await archiveIn(await tempTree());
  const options = { path: 'given.mar', output: 'out', include: ['*.py', '*.onnx'] };
  await expect(extract(options, testContext(cwd))).rejects.toThrow('*.onnx');
  await expect(stat(join(cwd, 'out'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('extract of a damaged archive leaves nothing behind', async () => {
  const cwd = await archiveIn(await tempTree());
  const bytes = await readFile(join(cwd, 'given.mar'));
  const at = bytes.indexOf('def handle');
  if (at < 0) throw new TypeError('the handler is expected to be stored');
  bytes[at] = 0x44;
  await writeFile(join(cwd, 'given.mar'), bytes);
  await expect(extract({ path: 'given.mar' }, testContext(cwd))).rejects.toMatchObject({ name: 'ToolError' });
  expect(await readdir(cwd)).toEqual(['given.mar']);
});

test('extract stops at an abort signal and leaves nothing behind', async () => {
  const cwd = await archiveIn(await tempTree());
  const signal = AbortSignal.abort();
  await expect(extract({ path: 'given.mar' }, testContext(cwd, { signal }))).rejects.toThrow();
  expect(await readdir(cwd)).toEqual(['given.mar']);
});

test('extract --dry-run reports what it would write, in the same words, and writes nothing', async () => {
  const cwd = await archiveIn(await tempTree());
  const options = { path: 'given.mar', output: 'out', exclude: ['deep'] };
  const planned = await extract({ ...options, dryRun: true }, testContext(cwd));
  expect(await listing(cwd)).toEqual(['given.mar']);
  expect({ ...planned, dryRun: false }).toEqual(await extract(options, testContext(cwd)));
  expect(planned.entries.map(({ path }) => path)).toEqual(['MAR-INF/MANIFEST.json', 'handler.py', 'labels/a.json']);
});

test.each([
  [{ maxFiles: 3 }, /4 members, more than the limit of 3/],
  [{ maxBytes: '100B' }, /more than the limit of 100/],
])('extract with %j refuses an archive above the limit, and accepts one at it', async (limits, words) => {
  const cwd = await archiveIn(await tempTree());
  await expect(extract({ path: 'given.mar', ...limits }, testContext(cwd))).rejects.toThrow(words);
  expect(await listing(cwd)).toEqual(['given.mar']);
  expect(await extract({ path: 'given.mar', maxFiles: 4, maxBytes: 10_000 }, testContext(cwd))).toMatchObject({
    files: 4,
  });
});
