import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readArchive } from '../../src/archive/read.ts';
import { writeArchive } from '../../src/archive/write.ts';
import { toArchivePath } from '../../src/core/paths.ts';
import { archiveFindings } from '../support/archive-verdict.ts';
import { planContents, planFile } from '../support/plan-files.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTool, runTool } from '../support/tools.ts';

const GIB4 = 4 * 1024 ** 3;
const readers = {
  python: { program: findTool('python3', 'python'), args: [join(import.meta.dirname, 'readers/summarise.py')] },
  java: { program: findTool('java'), args: [join(import.meta.dirname, 'readers/Summarise.java')] },
};

/** Every foreign reader sees this many members and bytes, each with a sound CRC, and this last one. */
async function expectRead(archive: string, expected: { members: number; bytes: number; last: string }): Promise<void> {
  for (const [name, { program, args }] of Object.entries(readers)) {
    if (program === undefined) {
      console.log(`skipped: ${name} is not installed here`);
      continue;
    }
    const { exitCode, stdout, stderr } = await runTool(program, [...args, archive]);
    expect({ name, exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect({ name, ...JSON.parse(stdout) }).toEqual({ name, ...expected });
  }
}

describe('a member at the limit of 32-bit sizes, and a small one after it', () => {
  test.each([
    ['4 GiB - 2', GIB4 - 2, 'store', false],
    ['4 GiB - 1', GIB4 - 1, 'store', true],
    ['4 GiB', GIB4, 'store', true],
    ['4 GiB + 1', GIB4 + 1, 'store', true],
    ['4 GiB + 1, deflated', GIB4 + 1, 1, true],
  ] as const)('%s', async (_, size, compression, wide) => {
    const root = await tempTree();
    const sparse = await open(join(root, 'sparse.bin'), 'w');
    await sparse.truncate(size);
    await sparse.close();
    const target = join(root, 'big.mar');
    const files = [planFile('sparse.bin', join(root, 'sparse.bin'), size), ...planContents({ 'behind.txt': 'behind' })];
    await writeArchive({ target, format: 'zip', compression, files });
    expect(await archiveFindings(target)).toEqual([]);
    const reading = await readArchive(target);
    expect((await reading.tree?.list())?.find(({ path }) => path === 'sparse.bin')?.size).toBe(size);
    await reading.close();
    const file = await open(target);
    const header = Buffer.alloc(30);
    await file.read(header, 0, 30, 0);
    await file.close();
    expect(header.readUInt32LE(22) === 0xffffffff).toBe(wide);
    await expectRead(target, { members: 2, bytes: size + 6, last: 'behind.txt' });
    await rm(target);
  });
});

test.each([65_534, 65_535, 65_536])('%d members', async (count) => {
  const target = join(await tempTree(), 'many.mar');
  const [file] = planContents({ a: 'x' });
  const files = Array.from({ length: count }, (_, index) => ({ ...file!, path: toArchivePath(`${index}`) }));
  await writeArchive({ target, format: 'zip', compression: 'store', files });
  const bytes = await readFile(target);
  expect(bytes.readUInt32LE(bytes.length - 42) === 0x07064b50).toBe(count >= 65_535);
  expect(await archiveFindings(target, { entries: 70_000 })).toEqual([]);
  expect((await archiveFindings(target)).map(({ rule }) => rule)).toEqual(count > 65_535 ? ['archive/entries'] : []);
  await expectRead(target, { members: count, bytes: count, last: `${count - 1}` });
});
