import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { unpackLz4 } from '../../../src/weights/unpack/lz4.ts';
import { Full } from '../../../src/weights/unpack/output.ts';
import { bytesOf, damaged, decode, plain } from './packed.ts';

test.each(['lz4'] as const)('%s, as Python wrote it, gives every byte', (kind) => {
  expect(decode(unpackLz4, bytesOf(kind))).toEqual({ bytes: plain });
});

test('frames one behind the other are one content', () => {
  const twice = Buffer.concat([bytesOf('lz4'), bytesOf('lz4')]);
  expect(decode(unpackLz4, twice)).toEqual({ bytes: Buffer.concat([plain, plain]) });
});

test('more than the limit is not unpacked', () => {
  const { bytes, error } = decode(unpackLz4, bytesOf('lz4'), 4);
  expect(error).toBeInstanceOf(Full);
  expect(bytes.length).toBeLessThanOrEqual(4);
});

test('damaged or cut it ends, as malformed or with some bytes', () => {
  for (const bytes of damaged(bytesOf('lz4'))) {
    const { error } = decode(unpackLz4, bytes);
    if (error !== undefined && !(error instanceof Full)) expect(error).toBeInstanceOf(Malformed);
  }
});
