import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { unpackLzma } from '../../../src/weights/unpack/lzma.ts';
import { Full } from '../../../src/weights/unpack/output.ts';
import { bytesOf, damaged, decode, plain } from './packed.ts';

test.each(['lzma'] as const)('%s, as Python wrote it, gives every byte', (kind) => {
  expect(decode(unpackLzma, bytesOf(kind))).toEqual({ bytes: plain });
});

test('properties that no encoder writes are refused', () => {
  const bytes = bytesOf('lzma');
  bytes[0] = 225;
  expect(decode(unpackLzma, bytes).error).toBeInstanceOf(Malformed);
});

test('more than the limit is not unpacked', () => {
  const { bytes, error } = decode(unpackLzma, bytesOf('lzma'), 4);
  expect(error).toBeInstanceOf(Full);
  expect(bytes.length).toBeLessThanOrEqual(4);
});

test('damaged or cut it ends, as malformed or with some bytes', () => {
  for (const bytes of damaged(bytesOf('lzma'))) {
    const { error } = decode(unpackLzma, bytes);
    if (error !== undefined && !(error instanceof Full)) expect(error).toBeInstanceOf(Malformed);
  }
});
