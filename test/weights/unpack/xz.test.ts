import { expect, test } from 'vitest';
import { unpackXz } from '../../../src/weights/unpack/xz.ts';
import { bytesOf, decode, plain, testDecoder } from './packed.ts';

testDecoder(unpackXz, ['xz', 'xz, delta']);

test('consecutive streams, with zeros between them, are one content', () => {
  const twice = Buffer.concat([bytesOf('xz'), Buffer.alloc(4), bytesOf('xz, delta')]);
  expect(decode(unpackXz, twice)).toEqual({ bytes: Buffer.concat([plain, plain]) });
});
