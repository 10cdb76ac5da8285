import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { parseRequirements, readRequirements } from '../../../src/model/documents/requirements.ts';
import { planContents } from '../../support/plan-files.ts';

/** Add a line, get a test; pip is asked about the same lines in the interop suite. */
const table = readFileSync(new URL('../../fixtures/requirements/lines.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((row) => row.split(' | ') as [kind: string, text: string]);

const kinds = (bytes: Uint8Array) => {
  const lines = parseRequirements(bytes);
  return Array.isArray(lines) ? lines.map(({ kind, line }) => `${line} ${kind}`) : lines.reason;
};
const texts = (text: string) => {
  const lines = parseRequirements(Buffer.from(text));
  return Array.isArray(lines) ? lines.map((found) => `${found.line} ${found.text}`) : lines.reason;
};

describe('parseRequirements', () => {
  it.each(table)('parses %s: %s', (kind, text) => {
    expect(kinds(Buffer.from(text))).toEqual([`1 ${kind}`]);
  });

  const two = 'transformers==4.40.0\r\nscipy==1.11.0\r\n';
  const utf16 = Buffer.from(two, 'utf16le');
  const utf32 = Buffer.concat([...two].map((character) => Buffer.from([0, 0, 0, character.charCodeAt(0)])));
  it.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${two}`)],
    ['UTF-16 little endian', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 big endian', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ['UTF-32 big endian', Buffer.concat([Buffer.from([0, 0, 0xfe, 0xff]), utf32])],
    ['UTF-32 little endian', Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(utf32).swap32()])],
  ])('reads %s', (_, bytes) => {
    expect(kinds(bytes)).toEqual(['1 package', '2 package']);
  });

  it('uses the encoding of a coding line', () => {
    expect(kinds(Buffer.from('# -*- coding: latin-1 -*-\n# caf\u00e9\na==1\n', 'latin1'))).toEqual(['3 package']);
    expect(kinds(Buffer.from('# caf\u00e9\na==1\n', 'latin1'))).toBe('its bytes are not utf-8');
    expect(kinds(Buffer.from('# coding: klingon\na\n'))).toBe('its encoding klingon is unknown');
  });

  it('joins lines and drops comments as pip does', () => {
    expect(
      texts('a==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\nb # no\\\nc\n#d \\\ne\\\n# f\ng#h\n\n \\\n'),
    ).toEqual(['1 a==1   --hash=sha256:00   --hash=sha256:11', '4 b', '7 e', '9 g#h']);
    expect(texts('')).toEqual([]);
    expect(texts('\n  # nothing\n')).toEqual([]);
  });

  it('limits the cost of hostile text', () => {
    for (const text of [
      `a; ${'('.repeat(2_000_000)}`,
      `a[${'b,'.repeat(1_000_000)}`,
      `a==${'1.'.repeat(1_000_000)}`,
      '\\\n'.repeat(2_000_000),
      `-${'x '.repeat(1_000_000)}`,
      `a${'-'.repeat(100_000)}`,
    ]) {
      expect(kinds(Buffer.from(text)).length).toBeLessThan(60);
    }
  });
});

describe('readRequirements', () => {
  it('normalises names as in PEP 503', async () => {
    const tree = planTree('m', planContents({ 'r.txt': 'Foo_Bar[extra]==1.2\n' }));
    expect((await readRequirements(tree, 'r.txt')).lines).toMatchObject([{ name: 'foo-bar', versions: '==1.2' }]);
  });

  it('finds the package of an import, in included files too', async () => {
    const tree = planTree(
      'm',
      planContents({ 'r.txt': 'opencv-python-headless\n-r more/s.txt\n', 'more/s.txt': 'PyYAML==6\n' }),
    );
    const requirements = await readRequirements(tree, 'r.txt');
    expect(['cv2', 'yaml', 'numpy'].map((root) => requirements.mayProvide(root))).toEqual([true, true, false]);
  });

  it('leaves every import unknown if a line may install anything; a missing file provides nothing', async () => {
    const tree = planTree('m', planContents({ 'r.txt': '-r more.txt\n', 'w.txt': './a.whl\n' }));
    expect((await readRequirements(tree, 'r.txt')).mayProvide('numpy')).toBe(true);
    expect((await readRequirements(tree, 'w.txt')).mayProvide('numpy')).toBe(true);
    const none = await readRequirements(tree, 'gone.txt');
    expect([none.member, none.mayProvide('numpy')]).toEqual([undefined, false]);
  });
});
