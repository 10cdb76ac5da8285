import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../../src/archive/read.ts';
import { archiveFindings } from '../../support/archive-verdict.ts';
import { tempTree } from '../../support/temp-tree.ts';

const POSIX = 'ustar\u000000';
const GNU = 'ustar  \u0000';

interface Member {
  readonly name: string;
  readonly content?: string;
  readonly type?: string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly last?: string;
}

function block({ name, content = '', type = '0', magic = POSIX, prefix = '', last = '' }: Member): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\u0000', 100);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\u0000`, 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(magic, 257, 'latin1');
  header.write(prefix, 345);
  header.write(last, 508);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\u0000 `,
    148,
  );
  const padded = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  padded.write(content);
  return Buffer.concat([header, padded]);
}

const tarOf = (members: readonly Member[]) => Buffer.concat([...members.map(block), Buffer.alloc(1024)]);

async function write(bytes: Uint8Array): Promise<string> {
  const path = join(await tempTree(), 'a.tar.gz');
  await writeFile(path, bytes);
  return path;
}

const rulesOf = async (bytes: Uint8Array) => (await archiveFindings(await write(bytes))).map(({ rule }) => rule);
const file = (name: string): Member => ({ name, content: 'x' });
const longName = (content: string): Member => ({ name: '././@LongLink', type: 'L', magic: GNU, content });

describe('a tar that two readers read differently', () => {
  it.each([
    ['a NUL inside a GNU long name', [longName('m/safe.py\0/../evil\0'), file('m/a')], 'archive/pax'],
    ['a NUL at the beginning of one', [longName('\0m/evil'), file('m/a')], 'archive/pax'],
    ['a NUL and a letter', [longName('m/a\0b'), file('m/a')], 'archive/pax'],
    ['GNU magic with a prefix', [{ ...file('a'), magic: GNU, prefix: 'm' }], 'archive/tar-header'],
    ['GNU magic with a time as prefix', [{ ...file('m/a'), magic: GNU, prefix: '14000000000' }], 'archive/tar-header'],
    ['GNU magic with a climbing prefix', [{ ...file('a'), magic: GNU, prefix: '../..' }], 'archive/tar-header'],
    ['star magic with a long prefix', [{ ...file('a'), prefix: 'p'.repeat(131), last: 'tar\0' }], 'archive/tar-header'],
    ['a file with the name of a folder', [{ name: 'm/a/' }], 'archive/special-file'],
  ])('%s', async (_, members, rule) => expect(await rulesOf(tarOf(members as Member[]))).toContain(rule));

  it.each([
    ['a GNU long name that ends in its NUL', [longName('m/long\0'), { ...file('m/a'), magic: GNU }]],
    ['a GNU long name that fills its size', [longName('m/long'), { ...file('m/a'), magic: GNU }]],
    ['a POSIX prefix', [{ ...file('a'), prefix: 'm' }]],
    ['star magic with a short prefix', [{ ...file('a'), prefix: 'm', last: 'tar\0' }]],
    ['GNU magic without a prefix', [{ ...file('m/a'), magic: GNU }]],
    ['a folder', [{ name: 'm/', type: '5' }, file('m/a')]],
  ])('%s is accepted', async (_, members) => expect(await rulesOf(tarOf(members as Member[]))).toEqual([]));

  it('a refused long name is shown escaped', async () => {
    const [first] = await archiveFindings(await write(tarOf([longName('m/a\0\u009bb'), file('m/a')])));
    expect(first?.message).toContain('"m/a\\u0000\\u009bb"');
  });
});

describe('the gzip header', () => {
  /** gzip with the flags and what they announce, and a checksum of the header when one is given. */
  const gzip = (flags: number, fields: Buffer, sum?: number): Buffer => {
    const plain = gzipSync(tarOf([file('m/a')]));
    const head = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255]), fields]);
    const wanted = Buffer.alloc(2);
    wanted.writeUInt16LE((crc32(head) & 0xffff) ^ (sum ?? 0));
    return Buffer.concat([head, ...(flags & 2 ? [wanted] : []), plain.subarray(10)]);
  };
  const name = Buffer.from('a.tar\0');
  const field = Buffer.concat([Buffer.from([4, 0]), Buffer.from('abcd')]);

  it.each([
    ['a wrong checksum', gzip(2, Buffer.alloc(0), 1)],
    ['a wrong checksum behind a name', gzip(2 | 8, name, 0x8000)],
    ['a wrong checksum behind an extra field', gzip(2 | 4, field, 0x100)],
    ['a wrong checksum behind all', gzip(2 | 4 | 8 | 16, Buffer.concat([field, name, name]), 1)],
    ['reserved flags', gzip(0x20, Buffer.alloc(0))],
  ])('%s is refused', async (_, bytes) => expect(await rulesOf(bytes)).toEqual(['archive/gzip']));

  it.each([
    ['no flag', gzip(0, Buffer.alloc(0))],
    ['a name', gzip(8, name)],
    ['a right checksum', gzip(2, Buffer.alloc(0))],
    ['a right checksum behind all', gzip(2 | 4 | 8 | 16, Buffer.concat([field, name, name]))],
    ['the mark of a text', gzip(1, Buffer.alloc(0))],
  ])('%s is accepted', async (_, bytes) => expect(await rulesOf(bytes)).toEqual([]));
});

describe('AppleDouble files, which macOS adds next to each file', () => {
  const members = [file('./._m'), { name: './m/', type: '5' }, file('./m/._a'), file('./m/a')];
  it.each([
    ['with "./" before', members, ['._m', 'm/._a', 'm/a']],
    ['without', members.map((member) => ({ ...member, name: member.name.slice(2) })), ['._a', '._m', 'a']],
  ])('do not hide the top folder, %s', async (_, given, names) => {
    const reading = await readArchive(await write(tarOf(given)));
    expect(reading.findings).toEqual([]);
    expect((await reading.tree?.list())?.map(({ path }) => path)).toEqual(names);
    await reading.close();
  });
});
