import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { detectFormat } from '../../src/archive/detect-format.ts';
import { bufferSource } from '../../src/core/byte-source.ts';
import { makeZip } from '../support/make-zip.ts';

const zip = makeZip([{ name: 'a', content: 'a' }]);

test.each([
  ['a ZIP', zip, 'zip'],
  ['an empty ZIP', makeZip([]), 'zip'],
  ['a ZIP behind a script', Buffer.concat([Buffer.from('#!/bin/sh\n'), zip]), 'zip'],
  ['a gzip', gzipSync('x'), 'tgz'],
  ['text', Buffer.from('hello'), 'unknown'],
  ['nothing', Buffer.alloc(0), 'unknown'],
])('%s is recognised by its bytes', async (_, bytes, format) => {
  expect(await detectFormat(bufferSource('m', bytes))).toBe(format);
});
