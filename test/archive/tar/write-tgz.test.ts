import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openArchive } from '../../../src/archive/open.ts';
import type { WriteOptions } from '../../../src/archive/plan/write-options.ts';
import { readArchive } from '../../../src/archive/read.ts';
import { writeArchive } from '../../../src/archive/write.ts';
import { archiveFindings } from '../../support/archive-verdict.ts';
import { planContents, planFile } from '../../support/plan-files.ts';
import { tempTree } from '../../support/temp-tree.ts';

const MIB = 1024 ** 2;
const contents = {
  'model.pt': Buffer.alloc(3 * MIB, 'weights and more weights. '),
  [`${'long/'.repeat(30)}name.txt`]: 'far down',
  'ünïcode.txt': 'é',
  empty: '',
  'MAR-INF/MANIFEST.json': '{}',
};

async function write(options: Partial<WriteOptions> = {}): Promise<string> {
  const target = join(await tempTree(), 'model.tar.gz');
  await writeArchive({ target, format: 'tgz', files: planContents(contents), topFolder: 'digits', ...options });
  return target;
}

/** Bytes of the one tar header field that names a member. */
const namesIn = (tar: Buffer) => [...tar.toString('latin1').matchAll(/digits\/[^\0]*/g)].map(([name]) => name);

test('a written archive reads back without a finding, without its top folder', async () => {
  const path = await write();
  const temporary = await tempTree();
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await archiveFindings(path)).toEqual([]);
  const tree = await openArchive(path);
  expect((await tree.list()).map((entry) => entry.path).sort()).toEqual(Object.keys(contents).sort());
  const source = await tree.open('model.pt');
  expect(Buffer.from(await source.read(MIB, 26)).equals(contents['model.pt'].subarray(MIB, MIB + 26))).toBe(true);
  await tree.close();
  expect(await readdir(temporary)).toEqual([]);
});

test('every member is below the top folder', async () => {
  const tar = gunzipSync(await readFile(await write()));
  expect(namesIn(tar)).toContain('digits/MAR-INF/MANIFEST.json');
});

test('equal inputs give equal bytes, without time, owner or platform', async () => {
  const [one, two] = [await readFile(await write()), await readFile(await write())];
  expect(one.equals(two)).toBe(true);
  expect([...one.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});

describe('a failure stops the writing and leaves nothing', () => {
  test.each([
    ['missing', 10],
    ['shorter than planned', 4 * MIB],
  ])('an input that is %s', async (_, planned) => {
    const root = await tempTree({ 'shorter than planned': 'abc' });
    const files = [...planContents({ a: 'a' }), planFile('b', join(root, _), planned)];
    const target = join(root, 'model.tar.gz');
    await expect(writeArchive({ target, format: 'tgz', files })).rejects.toMatchObject({ name: 'ToolError' });
    expect(await readdir(root)).toEqual(['shorter than planned']);
  });

  test('cancelled', async () => {
    const root = await tempTree();
    const controller = new AbortController();
    const options = { signal: controller.signal, onBytes: () => controller.abort() };
    const writing = writeArchive({
      target: join(root, 'm.tar.gz'),
      format: 'tgz',
      files: planContents(contents),
      ...options,
    });
    await expect(writing).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await readdir(root)).toEqual([]);
  });
});

describe('gzip holds exactly one member', () => {
  const tar = async () => gunzipSync(await readFile(await write()));
  const rulesOf = async (bytes: Uint8Array) => {
    const root = await tempTree({ 'a.tar.gz': bytes });
    return (await archiveFindings(join(root, 'a.tar.gz'))).map(({ rule }) => rule);
  };
  test('one gzip member is accepted', async () => expect(await rulesOf(gzipSync(await tar()))).toEqual([]));
  test('two members are refused: TorchServe reads only the first', async () => {
    const bytes = await tar();
    const halves = [gzipSync(bytes.subarray(0, 1024)), gzipSync(bytes.subarray(1024))];
    expect(await rulesOf(Buffer.concat(halves))).toContain('archive/gzip');
  });
  test('bytes after it are refused', async () => {
    expect(await rulesOf(Buffer.concat([gzipSync(await tar()), Buffer.alloc(8)]))).toContain('archive/gzip');
  });
  test('a wrong checksum is refused', async () => {
    const bytes = gzipSync(await tar());
    bytes[bytes.length - 8] = (bytes[bytes.length - 8] as number) ^ 1;
    expect(await rulesOf(bytes)).toEqual(['archive/gzip']);
  });
  test('a gzip bomb stops at the limit', async () => {
    const root = await tempTree({ 'a.tar.gz': gzipSync(Buffer.concat([await tar(), Buffer.alloc(64 * MIB)])) });
    const findings = await archiveFindings(join(root, 'a.tar.gz'), { totalBytes: 4 * MIB, entries: 10 });
    expect(findings.map(({ rule }) => rule)).toEqual(['archive/gzip']);
  });
});

test('a tar without a top folder is read, with a note that TorchServe would not find its manifest', async () => {
  const reading = await readArchive(join(import.meta.dirname, '../../fixtures/hostile/tar/accept/c-flat.tgz'));
  expect(reading.findings.map(({ rule, severity }) => [rule, severity])).toEqual([['archive/flat-tar', 'info']]);
  expect((await reading.tree?.list())?.map((entry) => entry.path)).toContain('MAR-INF/MANIFEST.json');
  await reading.close();
});
