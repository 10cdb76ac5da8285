import { expect, test } from 'vitest';
import { BLOCK_BYTES, parseTarHeader } from '../../../src/archive/tar/header.ts';

interface Fields {
  readonly name?: string;
  readonly mode?: string;
  readonly size?: string | Buffer;
  readonly magic?: string;
  readonly prefix?: string;
}

function block({
  name = 'a.txt',
  mode = '0000644\0',
  size = '00000000012\0',
  magic = 'ustar\0' + '00',
  prefix = '',
}: Fields) {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  bytes.write(name, 0);
  bytes.write(mode, 100);
  bytes.set(Buffer.from(size), 124);
  bytes.write('        ', 148);
  bytes.write('0', 156);
  bytes.write(magic, 257);
  bytes.write(prefix, 345);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

const nameOf = (fields: Fields) => {
  const header = parseTarHeader(block(fields));
  return typeof header === 'string' ? header : header.name.toString();
};

test('a POSIX header is read', () => {
  expect(parseTarHeader(block({}))).toMatchObject({ size: 10, mode: 0o644, type: '0' });
  expect(nameOf({ prefix: 'far/down' })).toBe('far/down/a.txt');
  expect(nameOf({ name: 'n'.repeat(100) })).toBe('n'.repeat(100));
});

test('a GNU header has sizes in base 256', () => {
  const size = Buffer.alloc(12);
  size[0] = 0x80;
  size.writeBigUInt64BE(2n ** 33n, 4);
  const header = parseTarHeader(block({ magic: 'ustar  \0', size }));
  expect(header).toMatchObject({ size: 2 ** 33, name: Buffer.from('a.txt') });
});

test.each([
  [{ magic: 'other' }, 'its magic is'],
  [{ magic: 'ustar  \0', prefix: 'far' }, 'its magic is GNU'],
  [{ size: 'many' }, 'its size is not'],
  [{ mode: 'rwx' }, 'its mode is not'],
])('%o is refused', (fields, reason) => {
  expect(parseTarHeader(block(fields))).toContain(reason);
});

test('a block with one changed byte is not a header', () => {
  const bytes = block({});
  bytes[0] = 0x62;
  expect(parseTarHeader(bytes)).toContain('checksum');
});
