import { expect, test } from 'vitest';
import { unpackLz4 } from '../../../src/weights/unpack/lz4.ts';
import { bytesOf, decode, plain, testDecoder } from './packed.ts';

testDecoder(unpackLz4, ['lz4']);

test('consecutive frames are one content', () => {
  const twice = Buffer.concat([bytesOf('lz4'), bytesOf('lz4')]);
  expect(decode(unpackLz4, twice)).toEqual({ bytes: Buffer.concat([plain, plain]) });
});
