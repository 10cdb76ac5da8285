import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { unpackBzip2 } from '../../../src/weights/unpack/bzip2.ts';
import { Full } from '../../../src/weights/unpack/output.ts';
import { bytesOf, damaged, decode, plain } from './packed.ts';

test.each(['bzip2'] as const)('%s, as Python wrote it, gives every byte', (kind) => {
  expect(decode(unpackBzip2, bytesOf(kind))).toEqual({ bytes: plain });
});

test('one stream behind the other is one content', () => {
  expect(decode(unpackBzip2, bytesOf('bzip2, two streams'))).toEqual({ bytes: plain });
});

test('more than the limit is not unpacked', () => {
  const { bytes, error } = decode(unpackBzip2, bytesOf('bzip2'), 4);
  expect(error).toBeInstanceOf(Full);
  expect(bytes.length).toBeLessThanOrEqual(4);
});

test('damaged or cut it ends, as malformed or with some bytes', () => {
  for (const bytes of damaged(bytesOf('bzip2'))) {
    const { error } = decode(unpackBzip2, bytes);
    if (error !== undefined && !(error instanceof Full)) expect(error).toBeInstanceOf(Malformed);
  }
});
