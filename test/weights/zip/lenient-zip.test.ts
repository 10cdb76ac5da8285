import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readLenientZip } from '../../../src/weights/zip/lenient-zip.ts';
import { buildZip } from '../zip-bytes.ts';

const member = { name: 'archive/data.pkl', data: Buffer.from('content') };
const read = (bytes: Uint8Array) => readLenientZip(bufferSource('m.pt', bytes));

test('the members of the directory are found, without a contradiction', async () => {
  const { members, contradictions } = await read(buildZip([member]));
  expect(members).toMatchObject([{ name: 'archive/data.pkl', size: 7, method: 0, offset: 30 + 16 }]);
  expect(contradictions).toEqual([]);
});

test.each([
  ['something before the archive', Buffer.concat([Buffer.from('abc'), buildZip([member])]), '3 bytes are before'],
  ['something behind it', Buffer.concat([buildZip([member]), Buffer.from('x')]), 'bytes follow the end'],
  ['another name in the local header', buildZip([{ ...member, localName: 'archive/data.pk1' }]), 'data.pk'],
  ['a flag of encryption', buildZip([{ ...member, flags: 1 }]), 'flag'],
])('%s is reported, and the file is read on as torch reads it', async (_, bytes, words) => {
  const { members, contradictions } = await read(bytes);
  expect(members).toHaveLength(1);
  expect(contradictions.join()).toContain(words);
});

test('a file without a directory is malformed', async () => {
  await expect(read(Buffer.from('PK\x03\x04 and no more than this'))).rejects.toMatchObject({ name: 'Malformed' });
});
