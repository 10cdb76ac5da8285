import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openArchive } from '../../../src/archive/open.ts';
import { readArchive } from '../../../src/archive/read.ts';
import type { Limits } from '../../../src/core/limits.ts';
import { MAX_PROBLEMS } from '../../../src/core/problem.ts';
import { archiveFindings } from '../../support/archive-verdict.ts';
import { makeZip, type RawMember, zip64Extra } from '../../support/make-zip.ts';
import { tempTree } from '../../support/temp-tree.ts';

const SENTINEL = 0xffffffff;

async function write(bytes: Uint8Array): Promise<string> {
  const path = join(await tempTree(), 'test.mar');
  await writeFile(path, bytes);
  return path;
}

async function rulesOf(members: readonly RawMember[], limits: Partial<Limits> = {}): Promise<string[]> {
  return (await archiveFindings(await write(makeZip(members)), limits)).map(({ rule }) => rule);
}

/** Fixed sizes of `content` in a central or local header, all of them left to a zip64 field. */
const wide = { local: { 18: SENTINEL, 22: SENTINEL }, central: { 20: SENTINEL, 24: SENTINEL } };

describe('each rule has a hostile case and a valid one', () => {
  const cases: readonly {
    what: string;
    good: RawMember[];
    bad: RawMember[];
    rule: string;
    limits?: Partial<Limits>;
  }[] = [
    {
      what: 'a deflated member with a signed descriptor, and a stored one',
      good: [{ name: 'a', content: 'aaaa', deflate: true, descriptor: 16 }],
      bad: [{ name: 'a', content: 'aaaa', descriptor: 16 }],
      rule: 'archive/descriptor-stored',
    },
    {
      what: '64-bit sizes of a small member that are exact (Python and numpy write them, Java reads them), and that lie',
      good: [{ name: 'a', content: 'aaaa', patchLocal: wide.local, localExtra: zip64Extra(4, 4) }],
      bad: [{ name: 'a', content: 'aaaa', patchLocal: wide.local, localExtra: zip64Extra(4, 5) }],
      rule: 'archive/local-mismatch',
    },
    {
      what: 'a small member with a 32-bit descriptor, and with a 64-bit one',
      good: [{ name: 'a', content: 'aaaa', deflate: true, descriptor: 16 }],
      bad: [{ name: 'a', content: 'aaaa', deflate: true, descriptor: 24 }],
      rule: 'archive/zip64-small',
    },
    {
      what: 'a zip64 field in the directory that gives the true sizes, and one that lies',
      good: [{ name: 'a', content: 'aaaa', patchCentral: wide.central, centralExtra: zip64Extra(4, 4) }],
      bad: [{ name: 'a', content: 'aaaa', patchCentral: wide.central, centralExtra: zip64Extra(5, 4) }],
      rule: 'archive/stored-size',
    },
    {
      what: 'a zip64 field of the needed length, and one too long',
      good: [{ name: 'a', content: 'aaaa', patchCentral: wide.central, centralExtra: zip64Extra(4, 4) }],
      bad: [{ name: 'a', content: 'aaaa', patchCentral: wide.central, centralExtra: zip64Extra(4, 4, 0, 0) }],
      rule: 'archive/zip64',
    },
    {
      what: 'a zip64 field that repeats true numbers (as Go writes it), and one that contradicts them',
      good: [{ name: 'a', content: 'aaaa', centralExtra: zip64Extra(4, 4, 0) }],
      bad: [{ name: 'a', content: 'aaaa', centralExtra: zip64Extra(4, 4, 1) }],
      rule: 'archive/zip64',
    },
    {
      what: 'as many members as the limit, and one more',
      good: [{ name: 'a' }, { name: 'b' }],
      bad: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      rule: 'archive/entries',
      limits: { entries: 2 },
    },
    {
      what: 'as many bytes as the limit, and one more',
      good: [
        { name: 'a', content: '12' },
        { name: 'b', content: '34' },
      ],
      bad: [
        { name: 'a', content: '12' },
        { name: 'b', content: '345' },
      ],
      rule: 'archive/total-size',
      limits: { totalBytes: 4 },
    },
    {
      what: 'a ratio below the chosen limit, and above it',
      good: [{ name: 'a', content: Buffer.alloc(1024 ** 2), deflate: true }],
      bad: [{ name: 'a', content: Buffer.alloc(1024 ** 2 + 1), deflate: true }],
      rule: 'archive/ratio',
      limits: { ratio: 100 },
    },
    {
      what: 'a folder deflated to nothing (as Java writes it), and a folder with content',
      good: [{ name: 'd/', deflate: true, mode: 0o040755 }],
      bad: [{ name: 'd/', content: 'x', mode: 0o040755 }],
      rule: 'archive/folder-data',
    },
    {
      what: 'a mode that fits the name, and a folder under the name of a file',
      good: [
        { name: 'd/', mode: 0o040755 },
        { name: 'd/f', mode: 0o100755 },
      ],
      bad: [{ name: 'd', mode: 0o040755 }],
      rule: 'archive/special-file',
    },
    {
      what: 'folders spelt in one way, and in two',
      good: [{ name: 'Dir/a' }, { name: 'Dir/b' }],
      bad: [{ name: 'Dir/a' }, { name: 'dir/b' }],
      rule: 'archive/collision',
    },
    {
      what: 'a UTF-8 name with the flag that says so, and without it (as Info-ZIP writes it)',
      good: [{ name: 'é' }],
      bad: [{ name: 'é', patchLocal: { 6: 0 }, patchCentral: { 8: 0 } }],
      rule: 'archive/name-encoding',
    },
    {
      what: 'local flags equal to the central ones, and different',
      good: [{ name: 'a' }],
      bad: [{ name: 'a', patchLocal: { 6: 0x2 } }],
      rule: 'archive/local-mismatch',
    },
  ];
  test.each(cases)('$rule: $what', async ({ good, bad, rule, limits }) => {
    expect(await rulesOf(good, limits)).toEqual([]);
    expect(await rulesOf(bad, limits)).toContain(rule);
  });
});

test('an archive with an error of form only still lists its members, and cannot be opened', async () => {
  const path = await write(makeZip([{ name: 'model.pt', content: 'weights', descriptor: 16 }]));
  const reading = await readArchive(path);
  expect((await reading.tree?.list())?.map((entry) => entry.path)).toEqual(['model.pt']);
  expect(await reading.verify()).toEqual([]);
  await reading.close();
  await expect(openArchive(path)).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
    findings: [{ rule: 'archive/descriptor-stored' }],
  });
});

test('an archive with an untrusted structure opens no member', async () => {
  const reading = await readArchive(await write(makeZip([{ name: '../evil' }])));
  expect(reading.tree).toBeUndefined();
  await reading.close();
});

test('a message has offsets, the value seen and the value expected', async () => {
  const bytes = makeZip([{ name: 'a', content: 'x' }], { entries: 2 });
  const [finding] = await archiveFindings(await write(bytes));
  expect(finding).toMatchObject({
    rule: 'archive/central-count',
    message: 'The end record says 2 members, but its directory of 47 bytes cannot hold them.',
    at: { offset: 32 },
  });
});

test('the number of findings is bounded if every member is wrong, and the last one counts the rest', async () => {
  const members = Array.from({ length: 3000 }, (_, index) => ({ name: `/absolute-${index}` }));
  const findings = await archiveFindings(await write(makeZip(members)));
  expect(findings.filter(({ rule }) => rule !== 'archive/left-out')).toHaveLength(MAX_PROBLEMS);
  expect(findings.at(-1)).toMatchObject({ rule: 'archive/left-out', severity: 'info' });
});

test('a missing archive throws, an empty file is a finding', async () => {
  await expect(readArchive('/nowhere/at.mar')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  expect((await archiveFindings(await write(Buffer.alloc(0)))).map(({ rule }) => rule)).toEqual(['archive/format']);
});

test('a deflated member is read at random offsets and streamed, with its CRC checked', async () => {
  const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  const tree = await openArchive(await write(makeZip([{ name: 'a', content, deflate: true }])));
  const source = await tree.open('a');
  expect(Buffer.from(await source.read(70_000, 5))).toEqual(content.subarray(70_000, 70_005));
  await expect(source.read(99_999, 2)).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED' });
  const pieces: Buffer[] = [];
  for await (const piece of source.stream(10, 90_000)) pieces.push(Buffer.from(piece));
  expect(Buffer.concat(pieces)).toEqual(content.subarray(10, 90_000));
  await source.close();
  await tree.close();
});

test('reading a damaged member throws MEMBER_CORRUPT, at random and streamed', async () => {
  for (const deflate of [true, false]) {
    const bytes = makeZip([{ name: 'a', content: 'some content', deflate }]);
    bytes[36] = (bytes[36] as number) ^ 0x01;
    const tree = await openArchive(await write(bytes));
    const source = await tree.open('a');
    const drain = async () => {
      for await (const _ of source.stream());
    };
    await expect(drain()).rejects.toMatchObject({ code: 'MEMBER_CORRUPT' });
    if (deflate) await expect(source.read(0, 4)).rejects.toMatchObject({ code: 'MEMBER_CORRUPT' });
    await tree.close();
  }
});
