import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readArchive } from '../../src/archive/read.ts';
import { compareWithSecondReader } from '../../src/archive/second-reader.ts';
import { makeZip } from '../support/make-zip.ts';
import { tempTree } from '../support/temp-tree.ts';

const folder = join(import.meta.dirname, '../fixtures/hostile');
const accepted = ['zip/accept', 'zip/warn', 'mar/accept', 'tar/accept'].flatMap((kind) =>
  readdirSync(join(folder, kind)).map((name) => join(kind, name)),
);

async function compare(path: string, shown = path) {
  const reading = await readArchive(shown);
  try {
    return await compareWithSecondReader(path, reading);
  } finally {
    await reading.close();
  }
}

describe('unzipper reads the archives that our reader accepts', () => {
  test.each(accepted)('%s', async (file) => expect(await compare(join(folder, file))).toEqual([]));
});

test('a difference in names and a difference in bytes are a finding each', async () => {
  const root = await tempTree();
  const [one, two] = [join(root, 'one.zip'), join(root, 'two.zip')];
  await writeFile(
    one,
    makeZip([
      { name: 'same', content: 'a' },
      { name: 'ours', content: 'x' },
    ]),
  );
  await writeFile(
    two,
    makeZip([
      { name: 'same', content: 'b' },
      { name: 'theirs', content: 'x' },
    ]),
  );
  const findings = await compare(two, one);
  expect(findings.map(({ rule }) => rule)).toEqual(Array(3).fill('archive/second-reader'));
  expect(findings.map(({ message }) => message)).toEqual([
    'unzipper sees "theirs", our reader does not.',
    'unzipper does not see "ours".',
    'unzipper reads 1 bytes of "same" where our reader finds 1, or different bytes.',
  ]);
});

test('all of many members are compared, by content or by header', async () => {
  const root = await tempTree();
  const [one, two] = [join(root, 'one.zip'), join(root, 'two.zip')];
  const crowd = Array.from({ length: 1200 }, (_, index) => ({ name: `m${index}`, content: 'a' }));
  const other = new Set([3, 700, 1199]);
  await writeFile(one, makeZip(crowd));
  await writeFile(
    two,
    makeZip(crowd.map((member, index) => (other.has(index) ? { ...member, content: 'b' } : member))),
  );
  expect(await compare(one, one)).toEqual([]);
  expect((await compare(two, one)).map(({ at }) => at.member).sort()).toEqual(['m1199', 'm3', 'm700']);
});

test('large members beyond the limit are compared by header only', async () => {
  const root = await tempTree();
  const [one, two] = [join(root, 'one.zip'), join(root, 'two.zip')];
  const large = (seed: string) => ['m0', 'm1', 'm2'].map((name) => ({ name, content: seed.repeat(30 * 1024 ** 2) }));
  await writeFile(one, makeZip([...large('a'), { name: 'small', content: 'a' }]));
  await writeFile(two, makeZip([...large('b'), { name: 'small', content: 'b' }]));
  expect(await compare(one, one)).toEqual([]);
  const messages = (await compare(two, one)).map(({ message }) => message);
  expect(messages.filter((message) => message.startsWith('unzipper reads'))).toHaveLength(3);
  expect(messages.filter((message) => message.startsWith('unzipper finds'))).toEqual([
    expect.stringContaining('for "m2", our reader'),
  ]);
});

test('an archive that unzipper cannot read is a finding', async () => {
  const root = await tempTree();
  const [one, none] = [join(root, 'one.zip'), join(root, 'none.zip')];
  await writeFile(one, makeZip([{ name: 'a' }]));
  await writeFile(none, 'no archive at all, but long enough to be looked at');
  expect((await compare(none, one))[0]?.message).toMatch(/^unzipper cannot read the archive: /);
});
