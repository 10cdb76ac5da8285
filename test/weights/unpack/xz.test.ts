import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { Full } from '../../../src/weights/unpack/output.ts';
import { unpackXz } from '../../../src/weights/unpack/xz.ts';
import { bytesOf, damaged, decode, plain } from './packed.ts';

test.each(['xz', 'xz, delta'] as const)('%s, as Python wrote it, gives every byte', (kind) => {
  expect(decode(unpackXz, bytesOf(kind))).toEqual({ bytes: plain });
});

test('streams one behind the other, with zeros between them, are one content', () => {
  const twice = Buffer.concat([bytesOf('xz'), Buffer.alloc(4), bytesOf('xz, delta')]);
  expect(decode(unpackXz, twice)).toEqual({ bytes: Buffer.concat([plain, plain]) });
});

test('more than the limit is not unpacked', () => {
  const { bytes, error } = decode(unpackXz, bytesOf('xz'), 4);
  expect(error).toBeInstanceOf(Full);
  expect(bytes.length).toBeLessThanOrEqual(4);
});

test('damaged or cut it ends, as malformed or with some bytes', () => {
  for (const bytes of damaged(bytesOf('xz'))) {
    const { error } = decode(unpackXz, bytes);
    if (error !== undefined && !(error instanceof Full)) expect(error).toBeInstanceOf(Malformed);
  }
});
