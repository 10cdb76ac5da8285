import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { unpackLzma } from '../../../src/weights/unpack/lzma.ts';
import { bytesOf, decode, testDecoder } from './packed.ts';

testDecoder(unpackLzma, ['lzma']);

test('properties that no encoder writes are refused', () => {
  const bytes = bytesOf('lzma');
  bytes[0] = 225;
  expect(decode(unpackLzma, bytes).error).toBeInstanceOf(Malformed);
});
