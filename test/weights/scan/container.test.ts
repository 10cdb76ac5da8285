import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findContainer, isClosed } from '../../../src/weights/scan/container.ts';
import { bytesOf } from '../unpack/packed.ts';

test.each([
  ['zip', Buffer.from('504b0304', 'hex')],
  ['gzip', gzipSync('x')],
  ['zlib', deflateSync('x')],
  ['zlib', deflateSync('x', { level: 9, windowBits: 9 })],
  ['bzip2', bytesOf('bzip2')],
  ['xz', bytesOf('xz')],
  ['lzma', bytesOf('lzma')],
  ['lz4', bytesOf('lz4')],
  ['zfile', bytesOf('zfile')],
  ['7z', Buffer.from('377abcaf271c', 'hex')],
])('%s is recognised by its magic bytes', (container, bytes) => {
  expect(findContainer(bytes)).toBe(container);
});

test.each([
  ['text', Buffer.from('hello, this is a text and no stream')],
  ['a pickle', Buffer.from('80024b012e', 'hex')],
  ['zeros', Buffer.alloc(600)],
  ['nothing', Buffer.alloc(0)],
])('%s is not recognised', (_about, bytes) => {
  expect(findContainer(bytes)).toBeUndefined();
});

test('zstd, 7z and RAR are containers that are not opened here', () => {
  expect((['zstd', '7z', 'rar'] as const).every(isClosed)).toBe(true);
  expect((['zip', 'gzip', 'xz', 'lz4'] as const).some(isClosed)).toBe(false);
});
