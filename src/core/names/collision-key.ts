import { BLANK } from './characters.ts';

/**
 * Letters of other scripts that look like Latin ones, and signs that look like those of a path: two names that differ
 * only in them look the same to a reader. Letters that are only similar are not included.
 */
const alike = [
  ['АВЕКМНОРСТУХЅІЈԚԜаеорсухѕіјһԁԛԝ', 'ABEKMHOPCTYXSIJQWaeopcyxsijhdqw'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΟϹϳονϲ', 'ABEZHIKMNOPTYXOCjovc'],
  ['օһոսԍıɑɡƖǀⅼ', 'ohnuGiaglll'],
  ['‐‑‒–−﹣', '------'],
  ['․‧⁄∕⧸∶', '..///:'],
] as const;

const latin: ReadonlyMap<string, string> = new Map(
  alike.flatMap(([from, to]) =>
    Array.from(from, (character, index) => [character, [...to][index] ?? character] as const),
  ),
);

/**
 * Compatibility forms that look like the plain letter: full-width, mathematical and letter-like signs, Roman numerals.
 */
const STYLED = /[\uff01-\uff5e\u2100-\u214f\u2160-\u217f\u{1d400}-\u{1d7ff}]/gu;
const BEYOND_ASCII = /[^\u0000-\u007f]/;
const BLANKS = new RegExp(BLANK.source, 'gu');

/** Names that some file system treats as the same file, or that look the same, get the same key. */
export function collisionKey(path: string): string {
  if (!BEYOND_ASCII.test(path)) return path.toUpperCase();
  const plain = path
    .normalize('NFC')
    .replace(STYLED, (character) => character.normalize('NFKC'))
    .replace(BLANKS, ' ')
    .replace(/[^\u0000-\u007f]/gu, (character) => latin.get(character) ?? character);
  return plain.toLowerCase().toUpperCase().normalize('NFC');
}
