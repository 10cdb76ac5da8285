import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../src/core/names/quote.ts';
import { archiveFindings } from '../../support/archive-verdict.ts';
import { makeZip, type RawMember } from '../../support/make-zip.ts';
import { tempTree } from '../../support/temp-tree.ts';

async function findingsOf(members: readonly RawMember[], comment?: string) {
  const path = join(await tempTree(), 'test.mar');
  await writeFile(path, makeZip(members, comment === undefined ? {} : { comment }));
  return archiveFindings(path);
}

/** An extra field of the id, as a member of both headers. */
function extra(id: number, ...parts: (string | number[])[]): RawMember {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(body.length, 2);
  const bytes = Buffer.concat([header, body]);
  return { name: 'a', content: 'x', localExtra: bytes, centralExtra: bytes };
}

/** External attributes: a Unix mode above, MS-DOS attributes below. */
const attributes = (name: string, mode: number, dos: number): RawMember => ({
  name,
  patchCentral: { 38: (mode * 0x10000 + dos) >>> 0 },
});

const owner = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const asi = (mode: number) => [0, 0, 0, 0, mode & 0xff, mode >> 8, 0, 0, 0, 0, 0, 0, 0, 0];

describe('members that other readers read differently', () => {
  it.each([
    ['a file with the MS-DOS bit of a folder', attributes('a', 0, 0x10)],
    ['the same beside a Unix mode', attributes('a', 0o100644, 0x10)],
    ['a volume label', attributes('a', 0, 0x08)],
    ['a device of Windows', attributes('a', 0, 0x40)],
    ['a reparse point', attributes('a', 0o100644, 0x400)],
    ['a link in the field 0x000d', extra(0x000d, owner, '/etc/passwd')],
    ['a link in the field 0x756e', extra(0x756e, asi(0o120777), '../up')],
    ['a link without a target in the field 0x756e', extra(0x756e, asi(0o120777))],
    ['a device in the field 0x756e', extra(0x756e, asi(0o020644))],
    ['a link that only the local header has', { ...extra(0x000d, owner, 'x'), centralExtra: Buffer.alloc(0) }],
  ])('%s', async (_, member) => {
    const [first] = await findingsOf([member]);
    expect(first).toMatchObject({ rule: 'archive/special-file', severity: 'error' });
    expect(first?.message).toContain('"a"');
  });

  it.each([
    ['a folder with the MS-DOS bit', attributes('a/', 0, 0x10)],
    ['a folder with both', attributes('a/', 0o040755, 0x10)],
    ['a read-only file to be archived', attributes('a', 0, 0x21)],
    ['times and owner alone in the field 0x000d', extra(0x000d, owner)],
    ['a file in the field 0x756e', extra(0x756e, asi(0o100644))],
    ['a field that nobody knows', extra(0x6c78, 'anything')],
    ['the times of Info-ZIP', extra(0x5455, [1, 0, 0, 0, 0])],
  ])('%s is accepted', async (_, member) => expect(await findingsOf([member])).toEqual([]));
});

describe('a comment that contains an end record', () => {
  const end = (bytes: number, comment: number) => {
    const record = Buffer.alloc(bytes);
    record.write('PK\u0005\u0006', 'latin1');
    if (bytes > 21) record.writeUInt16LE(comment, 20);
    return record.toString('latin1');
  };

  it.each([
    ['that ends with the file', end(22, 0)],
    ['that ends before the file', `${end(22, 0)}rest`],
    ['that ends behind the file', end(22, 99)],
    ['that is cut off', end(12, 0)],
    ['of which there is the mark alone', `x${end(4, 0)}`],
    ['twice', end(22, 22) + end(22, 0)],
  ])('%s', async (_, comment) => {
    const findings = await findingsOf([{ name: 'a', content: 'x' }], comment);
    expect(findings.map(({ rule }) => rule)).toEqual(['archive/end-record']);
  });

  it.each(['made by hand', 'PK', 'PK\u0003\u0004', 'PK\u0001\u0002 PK\u0005'])('%j is accepted', async (comment) =>
    expect(await findingsOf([{ name: 'a', content: 'x' }], comment)).toEqual([]),
  );

  it('an archive stored inside an archive is data', async () => {
    expect(await findingsOf([{ name: 'inner.zip', content: makeZip([{ name: 'b' }], { comment: 'inner' }) }])).toEqual(
      [],
    );
  });
});

describe('names that are equal on Windows or look the same', () => {
  it.each([
    ['the short form of another', ['model_weights.onnx', 'MODEL_~1.ONN']],
    ['the short form of a folder', ['longer folder/a', 'LONGER~1/a']],
    ['a short form of the second dozen', ['model_weights.onnx', 'model~12.onn']],
    ['a Cyrillic letter', ['handler.py', 'h\u0430ndler.py']],
    ['a folder of full-width letters', ['MAR-INF/a', '\uff2dAR-INF/b']],
    ['a no-break space', ['a b', 'a\u00a0b']],
  ])('%s', async (_, names) => {
    const rules = (await findingsOf(names.map((name) => ({ name, content: 'x' })))).map(({ rule }) => rule);
    expect(rules).toEqual(['archive/collision']);
  });

  it.each([
    ['a tilde beside a short name', ['model.onn', 'model~1.onn']],
    ['another ending', ['model_weights.onnx', 'MODEL_~1.BIN']],
    ['another beginning', ['weights_of_model.bin', 'MODEL~1.BIN']],
    ['another folder', ['a/model_weights.onnx', 'b/MODEL_~1.ONN']],
    ['Russian and English', ['модель.bin', 'model.bin']],
  ])('%s is accepted', async (_, names) => {
    expect(await findingsOf(names.map((name) => ({ name, content: 'x' })))).toEqual([]);
  });
});

it.each(['aux .txt', 'a\u009b2J', 'x\u{e0041}', '\u3164', '/abs', '../up', 'a//b', 'a\\b', 'x'.repeat(300)])(
  'the refusal of %j names the file, without control characters',
  async (name) => {
    const [first] = await findingsOf([{ name, content: 'x' }]);
    expect(first?.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u3164]|[\u{e0000}-\u{e007f}]/u);
    expect(first?.message).toContain(quote(name));
    expect(first?.at.member).toBe(name);
  },
);
