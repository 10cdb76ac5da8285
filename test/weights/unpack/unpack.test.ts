import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { packed } from './packed.ts';

describe('a pickle that runs code is found in a stream of', () => {
  it.each(Object.entries(packed))('%s', async (_kind, base64) => {
    const { problems } = await readWeights(bufferSource('notes.dat', Buffer.from(base64, 'base64')), 'notes.dat');
    expect(problems.map(({ rule }) => rule)).toContain('weights/pickle-unsafe-global');
  });
});

describe('text gets no alarm in a stream of', () => {
  it.each([
    ['bzip2', 'QlpoOTFBWSZTWV1miP0AABZRgAAQQAAmQZSAIABQgGmmgKVQ9QyNRiMjqMRkex7G48R9GRuPkaj8XckU4UJBdZoj9A=='],
    [
      'xz',
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ACqABhdADCICuc0Kz0ThI/LbJ+Q8DTQBrCPNF4AAACv0On22WmH1AABNKsBAAAAhFj147HEZ/sCAAAAAARZWg==',
    ],
    ['lzma', 'XQAAgAD//////////wAwiArnNCs9E4SPy2yfkPA00Aawjz0pqf//+71gAA=='],
    ['gzip', 'H4sIAAAAAAACA0tUKM8vSlFIzAPh/JKM1CKuxEEqBAB+a6OgqwAAAA=='],
  ])('%s', async (_kind, base64) => {
    const { problems } = await readWeights(bufferSource('notes.dat', Buffer.from(base64, 'base64')), 'notes.dat');
    expect(problems.filter(({ rule }) => /pickle|not-scanned/.test(rule))).toEqual([]);
  });
});
