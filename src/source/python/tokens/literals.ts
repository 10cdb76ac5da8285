import type { Scanner } from './scanner.ts';

/** The start of a string. */
export const PREFIX = /(?:[rR]?[bBfFtT]|[bBfFtT][rR]|[rRuU]|[uU][rR])?(?="|')/y;

const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?/y;
/** `1if x else y`: Python only warns where one of these follows at once. */
const KEYWORD_BEHIND = /and|else|for|if|in|is|not|or/y;
const WORD = /[\w\u0080-\uffff]+/y;

export function readNumber(scanner: Scanner): void {
  const number = scanner.match(NUMBER) ?? '';
  if (/^0[\d_]*[1-9][\d_]*$/.test(number)) {
    scanner.fail(`the number ${number} begins with 0; an octal number is written 0o`);
  }
  const start = scanner.at;
  scanner.at += number.length;
  const behind = scanner.match(WORD);
  const mayFollow = behind === undefined || scanner.match(KEYWORD_BEHIND) !== undefined;
  scanner.at = start;
  if (!mayFollow) {
    const hint = /^[lL]$/.test(behind) ? ': the suffix L is Python 2' : '';
    scanner.fail(`${JSON.stringify(number + behind)} is not a number${hint}`);
  }
  scanner.push('NUMBER', number.length);
}

const QUOTE = /"""|'''|"|'/y;

export function readString(scanner: Scanner, prefix: string): void {
  const start = scanner.at;
  if (/ur/i.test(prefix)) scanner.fail(`the prefix ${prefix} is Python 2`);
  scanner.at += prefix.length;
  const quote = readQuote(scanner);
  const from = scanner.at;
  const end = findStringEnd(scanner, quote);
  if (end === undefined) scanner.fail('the string is never closed', start);
  const isBytes = /b/i.test(prefix);
  if (!/r/i.test(prefix)) checkEscapes(scanner, from, end, isBytes);
  if (isBytes) {
    for (let at = from; at < end; at++) {
      if (scanner.text.charCodeAt(at) > 0x7f) scanner.fail('bytes can only hold ASCII characters', start);
    }
  }
  scanner.at = start;
  scanner.push('STRING', end + quote.length - start);
}

/** One quote or three. */
export function readQuote(scanner: Scanner): string {
  const quote = scanner.match(QUOTE) ?? '';
  scanner.at += quote.length;
  return quote;
}

const ends: Readonly<Record<string, RegExp>> = {
  '"': /["\\\r\n]/g,
  "'": /['\\\r\n]/g,
  '"""': /"""|\\/g,
  "'''": /'''|\\/g,
};

/** Position of the closing quote. */
function findStringEnd(scanner: Scanner, quote: string): number | undefined {
  const pattern = ends[quote];
  if (pattern === undefined) return undefined;
  pattern.lastIndex = scanner.at;
  for (let found = pattern.exec(scanner.text); found; found = pattern.exec(scanner.text)) {
    if (found[0] === quote) return found.index;
    if (found[0] !== '\\') return undefined;
    // A backslash keeps the next character from ending the string, a line end of two characters too.
    pattern.lastIndex += scanner.text.startsWith('\r\n', found.index + 1) ? 2 : 1;
  }
  return undefined;
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})?|u([\da-fA-F]{4})?|U((?:000[\da-fA-F]|0010)[\da-fA-F]{4})?|N(\{[^{}]+\})?|.)/gs;

/** Incomplete escapes: Python refuses the file. */
export function checkEscapes(scanner: Scanner, from: number, to: number, isBytes: boolean): void {
  const part = scanner.text.slice(from, to);
  if (!part.includes('\\')) return;
  for (const found of part.matchAll(ESCAPE)) {
    const letter = found[0][1] ?? '';
    if (!(isBytes ? 'x' : 'xuUN').includes(letter) || found.slice(1).some((digits) => digits !== undefined)) continue;
    const hint = letter === 'x' ? '' : '; a Windows path needs r"…" or \\\\';
    scanner.fail(`the escape \\${letter} is not complete${hint}`, from + found.index);
  }
}
