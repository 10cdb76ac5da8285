/** Text → words as TorchServe's text handlers prepare it (contract 6.6). */
import { expandContractions } from './contractions.ts';

/** Tags, and named or numbered entities. */
const MARKUP = /<.*?>|&([a-z0-9]+|#[0-9]{1,6}|#x[0-9a-f]{1,6});/g;
/** Python's string.punctuation. */
const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
const NOT_ASCII = /[^\0-\x7f]/g;

export function toWords(text: string): string[] {
  const plain = expandContractions(text.replace(MARKUP, '').toLowerCase()).replaceAll("'", '');
  return plain.normalize('NFKD').replace(NOT_ASCII, '').replace(PUNCTUATION, '').split(/\s+/).filter(Boolean);
}

/** Every word, then every pair of neighbours. */
export function toNgrams(words: readonly string[]): string[] {
  return [...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)];
}
