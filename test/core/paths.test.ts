import { describe, expect, it } from 'vitest';
import { findNameProblems } from '../../src/core/paths.ts';

const rulesOf = (name: string) => findNameProblems(name).map(({ rule }) => rule);

describe('names that Windows stores under another name', () => {
  it.each([
    'aux .txt',
    'NUL .tar.gz',
    'sub/con',
    'PRN.',
    'com1.onnx',
    'COM¹',
    'lpt³.log',
    'CONIN$',
    'conout$.txt',
    'aux. .txt',
    'COM0',
    'nul   .a.b',
    'Lpt9/x',
    'clock$',
    'a.',
    'a ',
    'b /c',
    'a:b',
    'a*',
    'x"y',
    'MAR-IN~1',
    'mar-in~1/MANIFEST.json',
    'MAR-INF/MANIFE~1.JSO',
    'WAR-IN~2',
    'MAR-I~10',
    'MAE4B1~1',
  ])('%j', (name) => expect(rulesOf(name)).toContain('archive/name-windows'));

  it.each([
    'auxiliary.txt',
    'aux_.txt',
    'null.json',
    'com10',
    'common.py',
    'console.log',
    'nullable',
    'conv.onnx',
    'lpt.bin',
    'model~1.onnx',
    'a~b',
    'manifest~',
    'mar-information.txt',
    'prn-1.txt',
    'x.aux',
    'my aux.txt',
  ])('%j is accepted', (name) => expect(rulesOf(name)).toEqual([]));
});

describe('names that are displayed differently', () => {
  it.each([
    ['a tag', 'model\u{e0041}.onnx'],
    ['a variation selector', 'a\ufe0f.txt'],
    ['a selector of the supplement', 'a\u{e0101}'],
    ['a Hangul filler', '\u3164'],
    ['a Hangul jamo filler', '\u115f.py'],
    ['a half-width filler', 'x\uffa0'],
    ['a grapheme joiner', 'a\u034fb'],
    ['a direction override', 'a\u202etxt.py'],
    ['a zero-width space', 'a\u200bb'],
    ['a soft hyphen', 'a\u00adb'],
    ['a Mongolian separator', 'a\u180eb'],
    ['a Khmer inherent vowel', 'a\u17b4b'],
    ['a musical format control', 'a\u{1d173}b'],
    ['half a surrogate pair', 'a\ud800'],
    ['an empty Braille pattern alone', '\u2800'],
    ['a wide space alone', 'x/\u3000'],
    ['a no-break space at the end', 'model.onnx\u00a0'],
    ['a mark without a letter', '\u0301a'],
  ])('%s', (_, name) => expect(rulesOf(name)).toContain('archive/name-invisible'));

  it.each([
    'größe.txt',
    'モデル.onnx',
    'модель.onnx',
    'e\u0301te\u0301.txt',
    '한국어.json',
    'โมเดล.bin',
    'هندسة.txt',
    '🙂.png',
    'नमूना.txt',
    'Screenshot at 9.41\u202fAM.png',
    'a b.txt',
    ' leading.txt',
    '\u0601.txt',
    'm².csv',
  ])('%j is accepted', (name) => expect(rulesOf(name)).toEqual([]));

  it.each(['a\u009bm', 'a\u0000', 'a\n', 'a\u007f', '\u0085'])('%j has a control character', (name) =>
    expect(rulesOf(name)).toContain('archive/name-control'),
  );

  it('names the character', () => {
    expect(findNameProblems('a\u{e0041}')[0]?.message).toContain('U+E0041');
  });
});

it('every reason is reported, not only the first', () => {
  expect(rulesOf('/../aux .txt')).toEqual([
    'archive/name-absolute',
    'archive/name-parent',
    'archive/name-component',
    'archive/name-windows',
  ]);
});

it.each([
  ['a component of 256 bytes', `${'é'.repeat(128)}/x`],
  ['65 components', `${'a/'.repeat(64)}a`],
  ['1,025 bytes', `${Array.from({ length: 5 }, () => 'a'.repeat(204)).join('/')}a`],
])('%s is too long', (_, name) => expect(rulesOf(name)).toEqual(['archive/name-length']));
