import { expect, test } from 'vitest';
import { parseExtraFields, unicodePathName, widen } from '../../../src/archive/zip/extra-fields.ts';

function field(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(body.length, 2);
  return Buffer.concat([head, body]);
}

function wide(...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(value, index * 8);
  return bytes;
}

const FULL = 0xffffffff;

test('extra fields that change the meaning are found among others', () => {
  const zip64 = wide(1n);
  const path = Buffer.from('\u0001crc_name');
  const fields = parseExtraFields(
    Buffer.concat([field(0x5455, Buffer.alloc(5)), field(1, zip64), field(0x7075, path)]),
  );
  expect(fields).toEqual({ zip64, unicodePath: path });
  expect(unicodePathName(path).toString()).toBe('name');
});

test.each([
  ['stray bytes', Buffer.from('ab'), '2 stray bytes'],
  ['a field longer than what is left', Buffer.from('0100ff00', 'hex'), 'claims 255 bytes, 0 are left'],
  ['a field twice', Buffer.concat([field(1, wide(1n)), field(1, wide(2n))]), 'occurs twice'],
])('%s is a problem', (_, bytes, problem) => {
  expect(parseExtraFields(bytes).problem).toContain(problem);
});

test('zip64 values replace only the fields that refer to them', () => {
  const numbers = { size: FULL, packedSize: 7, headerOffset: FULL };
  expect(widen(numbers, wide(5n, 6n))).toEqual({ size: 5, packedSize: 7, headerOffset: 6 });
  expect(widen({ size: 1, packedSize: 2, headerOffset: 3 }, undefined)).toEqual({
    size: 1,
    packedSize: 2,
    headerOffset: 3,
  });
});

test.each([
  ['a field that is not there', undefined, 'refer to a missing zip64 field'],
  ['a field of another length', wide(1n, 2n), 'expected 8'],
  ['a number above those that can be counted', wide(2n ** 60n), 'gives size as'],
  ['a number that contradicts the header', wide(1n, 8n, 3n), 'packedSize is 7 in the header and 8'],
])('%s is a problem', (_, zip64, problem) => {
  expect(widen({ size: FULL, packedSize: 7, headerOffset: 3 }, zip64)).toContain(problem);
});
