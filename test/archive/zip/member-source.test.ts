import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LocatedMember } from '../../../src/archive/zip/format.ts';
import { memberSource } from '../../../src/archive/zip/member-source.ts';
import { bufferSource, readAll } from '../../../src/core/byte-source.ts';

const content = Buffer.from('all happy families are alike');

function open(method: 'stored' | 'deflated', changes: Partial<LocatedMember> = {}) {
  const packed = method === 'stored' ? content : deflateRawSync(content);
  const member: LocatedMember = {
    name: 'a.txt',
    rawName: 'a.txt',
    isFolder: false,
    method,
    methodCode: method === 'stored' ? 0 : 8,
    flags: 0,
    crc32: crc32(content),
    packedSize: packed.length,
    size: content.length,
    mode: 0,
    attributes: 0,
    headerOffset: 0,
    offset: 0,
    dataOffset: 3,
    ...changes,
  };
  return memberSource(bufferSource('m.mar', Buffer.concat([Buffer.from('xxx'), packed, Buffer.from('yyy')])), member);
}

describe.each(['stored', 'deflated'] as const)('%s', (method) => {
  test('a member is read whole and in ranges', async () => {
    const source = open(method);
    expect((await readAll(source, 100)).equals(content)).toBe(true);
    expect(Buffer.from(await source.read(4, 5)).toString()).toBe('happy');
    await source.close();
  });

  test('a streamed content with a wrong CRC-32 is MEMBER_CORRUPT', async () => {
    const stream = async () => {
      for await (const _ of open(method, { crc32: 1 }).stream());
    };
    await expect(stream()).rejects.toMatchObject({
      code: 'MEMBER_CORRUPT',
      message: expect.stringContaining('its header says 0x00000001'),
    });
  });
});

test('a deflated member whose size differs from its header is MEMBER_CORRUPT', async () => {
  await expect(open('deflated', { size: 10 }).read(0, 5)).rejects.toMatchObject({ code: 'MEMBER_CORRUPT' });
});
