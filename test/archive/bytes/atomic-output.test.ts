import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomically, writeFolderAtomically } from '../../../src/archive/bytes/atomic-output.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('a file appears when writing succeeds', async () => {
  const folder = await tempTree();
  const target = join(folder, 'm.mar');
  const result = await writeFileAtomically({ target }, async (handle) => {
    expect(await readdir(folder)).not.toContain('m.mar');
    await handle.writeFile('content');
    return 7;
  });
  expect([result, await readFile(target, 'utf8'), await readdir(folder)]).toEqual([7, 'content', ['m.mar']]);
});

test('a failure leaves no new file and the old file unchanged', async () => {
  const folder = await tempTree({ 'm.mar': 'old' });
  const options = { target: join(folder, 'm.mar'), force: true };
  const failing = writeFileAtomically(options, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect([await readdir(folder), await readFile(options.target, 'utf8')]).toEqual([['m.mar'], 'old']);
});

test('an existing output is kept unless forced; a file never replaces a folder', async () => {
  const folder = await tempTree({ 'm.mar': 'old', 'dir/': '' });
  const fill = async () => {};
  await expect(writeFileAtomically({ target: join(folder, 'm.mar') }, fill)).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
  await expect(writeFileAtomically({ target: join(folder, 'dir'), force: true }, fill)).rejects.toMatchObject({
    code: 'NOT_A_FILE',
  });
});

test('a folder appears with all its files at once, and never after a failure', async () => {
  const folder = await tempTree();
  const controller = new AbortController();
  const target = join(folder, 'out');
  await expect(
    writeFolderAtomically({ target, signal: controller.signal }, async () => controller.abort()),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readdir(folder)).toEqual([]);
  await writeFolderAtomically({ target }, async () => {});
  expect(await readdir(folder)).toEqual(['out']);
});
