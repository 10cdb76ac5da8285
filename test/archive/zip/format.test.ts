import { crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  CENTRAL,
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  DEFLATE_MAX_RATIO,
  END,
  END_BYTES,
  END_SIGNATURE,
  FLAGS_ENCRYPTION,
  FLAGS_KNOWN,
  LOCAL,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
} from '../../../src/archive/zip/format.ts';
import { makeZip } from '../../support/make-zip.ts';

// makeZip writes its offsets as plain numbers, so that the two tables cannot be wrong together.
const content = 'again and again and again';
const zip = makeZip([{ name: 'first' }, { name: 'a.txt', content, deflate: true }], { comment: 'note' });
const packedSize = deflateRawSync(content).length;

test('the end record is at the offset its length implies, and counts both members', () => {
  const at = zip.length - END_BYTES - 'note'.length;
  expect(zip.readUInt32LE(at)).toBe(END_SIGNATURE);
  expect([END.entriesHere, END.entries].map((field) => zip.readUInt16LE(at + field))).toEqual([2, 2]);
  expect(zip.readUInt16LE(at + END.commentBytes)).toBe(4);
  expect(zip.readUInt32LE(zip.readUInt32LE(at + END.offset))).toBe(CENTRAL_SIGNATURE);
  expect(zip.readUInt32LE(at + END.offset) + zip.readUInt32LE(at + END.size)).toBe(at);
});

test.each([
  ['local', LOCAL_SIGNATURE, LOCAL, LOCAL_BYTES],
  ['central', CENTRAL_SIGNATURE, CENTRAL, CENTRAL_BYTES],
] as const)('the fields of a %s header are at their offsets', (_, signature, fields, bytes) => {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(signature);
  const at = zip.lastIndexOf(mark);
  expect(zip.readUInt16LE(at + fields.method)).toBe(8);
  expect(zip.readUInt32LE(at + fields.crc32)).toBe(crc32(content));
  expect([fields.packedSize, fields.size].map((field) => zip.readUInt32LE(at + field))).toEqual([
    packedSize,
    content.length,
  ]);
  expect([fields.nameBytes, fields.extraBytes].map((field) => zip.readUInt16LE(at + field))).toEqual([5, 0]);
  expect(zip.toString('latin1', at + bytes, at + bytes + 5)).toBe('a.txt');
});

test('the central header gives the offset of the local one', () => {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(CENTRAL_SIGNATURE);
  const local = zip.readUInt32LE(zip.lastIndexOf(mark) + CENTRAL.headerOffset);
  expect(zip.readUInt32LE(local)).toBe(LOCAL_SIGNATURE);
  expect(zip.toString('latin1', local + LOCAL_BYTES, local + LOCAL_BYTES + 5)).toBe('a.txt');
});

test('no known flag means encryption', () => expect(FLAGS_KNOWN & FLAGS_ENCRYPTION).toBe(0));

test('zlib comes close to the maximum ratio of DEFLATE and never exceeds it', () => {
  const zeros = Buffer.alloc(50_000_000);
  const ratio = zeros.length / deflateRawSync(zeros, { level: 9 }).length;
  expect(ratio).toBeGreaterThan(DEFLATE_MAX_RATIO * 0.99);
  expect(ratio).toBeLessThanOrEqual(DEFLATE_MAX_RATIO);
});
