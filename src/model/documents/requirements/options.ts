/** The options of a line. */
export type OptionReading =
  | { readonly kind: 'ok'; readonly options: readonly Option[] }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Option {
  /** The long name: `--requirement`. */
  readonly name: string;
  readonly value: string;
}

/** Options that pip accepts in a requirements file; true if a value follows. */
const known: Readonly<Record<string, boolean>> = {
  '--index-url': true,
  '--pypi-url': true,
  '--extra-index-url': true,
  '--no-index': false,
  '--constraint': true,
  '--requirement': true,
  '--editable': true,
  '--find-links': true,
  '--no-binary': true,
  '--only-binary': true,
  '--prefer-binary': false,
  '--require-hashes': false,
  '--pre': false,
  '--trusted-host': true,
  '--use-feature': true,
  '--global-option': true,
  '--hash': true,
  '--config-setting': true,
  '--config-settings': true,
};

const short: Readonly<Record<string, string>> = {
  '-i': '--index-url',
  '-c': '--constraint',
  '-r': '--requirement',
  '-e': '--editable',
  '-f': '--find-links',
  '-C': '--config-settings',
};

/** Splits a line as pip does: the words before the first dash are the requirement, the rest are options. */
export function splitOptions(text: string): { requirement: string; options: string } {
  const words = text.split(' ');
  const first = words.findIndex((word) => word.startsWith('-'));
  if (first < 0) return { requirement: text, options: '' };
  return { requirement: words.slice(0, first).join(' ').trim(), options: words.slice(first).join(' ') };
}

export function readOptions(text: string): OptionReading {
  const words = splitWords(text);
  if (words === undefined) return refuse('a quote is never closed');
  const options: Option[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') continue;
    const found = word.startsWith('--') ? findLong(word) : findShort(word);
    if (found === undefined) return refuse(`pip knows no option ${JSON.stringify(word)} in a requirements file`);
    const { name } = found;
    if (known[name] === false && found.value !== undefined) return refuse(`${name} takes no value`);
    const value = known[name] ? (found.value ?? words.shift()) : '';
    if (value === undefined) return refuse(`${name} has no value`);
    if (name === '--hash' && !/^(sha256|sha384|sha512):/.test(value)) {
      return refuse(`--hash is not sha256:…, sha384:… or sha512:… but ${JSON.stringify(value)}`);
    }
    options.push({ name, value });
  }
  return { kind: 'ok', options };
}

function refuse(reason: string): OptionReading {
  return { kind: 'refused', reason };
}

/** `--name=value`, and any unambiguous prefix of a name. */
function findLong(word: string): { name: string; value: string | undefined } | undefined {
  const equals = word.indexOf('=');
  const written = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  if (Object.hasOwn(known, written)) return { name: written, value };
  const [name, ...others] = Object.keys(known).filter((each) => each.startsWith(written));
  return name !== undefined && others.length === 0 ? { name, value } : undefined;
}

/** `-r file` and `-rfile`. */
function findShort(word: string): { name: string; value: string | undefined } | undefined {
  const name = short[word.slice(0, 2)];
  return name === undefined ? undefined : { name, value: word.length > 2 ? word.slice(2) : undefined };
}

/** Words as a shell splits them; undefined if a quote is not closed or a backslash ends the text. */
function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|[^\s'"\\]+/gy;
  let word: string | undefined;
  let end = 0;
  for (const found of text.matchAll(piece)) {
    end = found.index + found[0].length;
    const [all, single, double, escaped] = found;
    if (/^\s/.test(all)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? all);
  }
  if (word !== undefined) words.push(word);
  return end === text.length ? words : undefined;
}
