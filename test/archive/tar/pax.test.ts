import { expect, test } from 'vitest';
import { parsePax } from '../../../src/archive/tar/pax.ts';

/** `length key=value\n`, the length counting itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length++;
  return `${length}${rest}`;
}

const parse = (...records: string[]) => parsePax(Buffer.from(records.join('')));

test('path and size are read, times are skipped', () => {
  expect(parse(record('path', 'é/ü'), record('size', '12'), record('mtime', '1.5'))).toEqual({
    sparse: false,
    path: Buffer.from('é/ü'),
    size: 12,
  });
});

test('sparse records are detected', () => {
  expect(parse(record('GNU.sparse.major', '1'))).toMatchObject({ sparse: true });
});

test.each([
  ['a record twice', [record('path', 'a'), record('path', 'b')], 'occurs twice'],
  ['a size in words', [record('size', 'many')], 'the size is not a number'],
  ['another character set', [record('hdrcharset', 'BINARY')], 'expected UTF-8'],
  ['no length', ['path=a\n'], 'does not start with its length'],
  ['a length too long', ['99 path=a\n'], 'does not end with a newline'],
  ['no value', ['7 path\n'], 'has no "="'],
])('%s is refused', (_, records, reason) => {
  expect(parse(...records)).toContain(reason);
});
