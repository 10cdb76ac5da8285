import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';

/** A pickle that calls os.system, as Python's libraries pack them; base64. */
const packed = {
  gzip: 'H4sIAAAAAAACA2tgSs4v5iquLC5JzeWKYGFgYEhNzshvDdIDAPj8MHQZAAAA',
  'gzip, cut': 'H4sIAAAAAAACA2tgSs4v5iquLC5JzeWKYGFgYEhNzshvDdID',
  'gzip, garbage behind': 'H4sIAAAAAAACA2tgSs4v5iquLC5JzeWKYGFgYEhNzshvDdIDAPj8MHQZAAAAZ2FyYmFnZQ==',
  zlib: 'eJxrYErOL+YqriwuSc3limBhYGBITc7Ibw3SAwBlRgeB',
  bzip2: 'QlpoOTFBWSZTWUyQQcUAAAvTwFQQAAEQQApCjCBCACAAIiaNBpieUKGmmAC6oNxTl564pl8DyELfF3JFOFCQTJBBxQ==',
  'bzip2, two streams':
    'QlpoOTFBWSZTWSMcd4QAAARBwBAQCACIIEAAIAAxDAEGm0QTCGUXckU4UJAjHHeEQlpoOTFBWSZTWWspwzUAAAdTwEQQAAEQQApChAACACAAIpg0DQgGgBE9FgiwcbdPC7kinChINZThmoA=',
  xz: '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAYgAJjb3MKc3lzdGVtClgEAAAAZWNob4VSLgAAAAANSawhStiJagABMRlZGrCCH7bzfQEAAAAABFla',
  'xz, delta':
    '/Td6WFoAAATm1rRGAgEDAQIhAQyIEa+5AQAYgAJj73GnBAZpAez6lvOX9qj8ZWNoCiLqvwAAAAANSawhStiJagABMRlZGrCCH7bzfQEAAAAABFla',
  lzma: 'XQAAgAD//////////wBAAIgDvDC9NN4vXibQafs2F/2G75wWY9YAIU2oUf//4x6AAA==',
  lz4: 'BCJNGGhAGQAAAAAAAAB6GQAAgIACY29zCnN5c3RlbQpYBAAAAGVjaG+FUi4AAAAA',
  zfile: 'WkYweDE5ICAgICAgICAgICAgICAgeJxrYErOL+YqriwuSc3limBhYGBITc7Ibw3SAwBlRgeB',
};

describe('a pickle that runs code is found in a stream of', () => {
  it.each(Object.entries(packed))('%s', async (_kind, base64) => {
    const { problems } = await readWeights(bufferSource('notes.dat', Buffer.from(base64, 'base64')), 'notes.dat');
    expect(problems.map(({ rule }) => rule)).toContain('weights/pickle-unsafe-global');
  });
});

describe('text raises no alarm in a stream of', () => {
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
