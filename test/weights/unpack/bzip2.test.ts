import { expect, test } from 'vitest';
import { unpackBzip2 } from '../../../src/weights/unpack/bzip2.ts';
import { bytesOf, decode, plain, testDecoder } from './packed.ts';

testDecoder(unpackBzip2, ['bzip2']);

test('consecutive streams are one content', () => {
  expect(decode(unpackBzip2, bytesOf('bzip2, two streams'))).toEqual({ bytes: plain });
});
