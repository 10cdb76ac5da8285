import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openArchive } from '../../src/archive/open.ts';
import { readAll } from '../../src/core/byte-source.ts';
import { findTool } from '../support/tools.ts';
import { type Listed, listWithJava, listWithPython, listWithUnzipper, testWithUnzip } from './listing.ts';

/** What our reader accepts, every other reader must see with the same names and bytes: TorchServe's and the scanners'. */
const folder = join(import.meta.dirname, '../fixtures/hostile');
const archives = ['zip/accept', 'zip/warn', 'mar/accept', 'mar/warn'].flatMap((kind) =>
  readdirSync(join(folder, kind)).map((name) => join(kind, name)),
);
const tools = { java: findTool('java'), python: findTool('python3', 'python'), unzip: findTool('unzip') };

async function listOurs(path: string): Promise<Listed[]> {
  const tree = await openArchive(path);
  const listed: Listed[] = [];
  for (const entry of await tree.list()) {
    const source = await tree.open(entry.path);
    const content = await readAll(source, entry.size);
    listed.push({ path: entry.path, size: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    await source.close();
  }
  await tree.close();
  return listed;
}

/** Folders exist only through their files; every reader lists in its own order. */
const normalise = (listed: readonly Listed[]) =>
  listed.filter(({ path }) => !path.endsWith('/')).sort((a, b) => (a.path < b.path ? -1 : 1));

describe.each(archives)('%s', (name) => {
  const path = join(folder, name);
  test.skipIf(!tools.java)("Java's ZipInputStream reads the same members", async () => {
    expect(normalise(await listWithJava(tools.java as string, path))).toEqual(normalise(await listOurs(path)));
  });
  test.skipIf(!tools.python)("Python's zipfile reads the same members", async () => {
    expect(normalise(await listWithPython(tools.python as string, path))).toEqual(normalise(await listOurs(path)));
  });
  test('unzipper reads the same members', async () => {
    // It takes the first end signature of the last 80 bytes, which a long comment or a stored archive moves (see second-reader.ts).
    if (name.endsWith('c-comment-60k.zip')) return;
    expect(normalise(await listWithUnzipper(path))).toEqual(normalise(await listOurs(path)));
  });
  test.skipIf(!tools.unzip)('unzip -t finds no error', async () => {
    // Info-ZIP decodes this local name by the code page of the system that wrote it, warns of a mismatch, and reads the member well.
    if (name.endsWith('go-utf8-winrar.zip')) return;
    await expect(testWithUnzip(tools.unzip as string, path)).resolves.toContain('No errors detected');
  });
});
