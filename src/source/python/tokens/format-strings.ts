import { checkEscapes, readQuote } from './literals.ts';
import type { Scanner } from './scanner.ts';

/** Nesting of formats, with CPython's limit. */
const FORMAT_DEPTH = 2;

interface Style {
  readonly quote: string;
  readonly isRaw: boolean;
  readonly start: number;
  readonly readInner: (scanner: Scanner) => void;
}

/** An f-string or a t-string: text and replacement fields, whose tokens `readInner` reads. */
export function readFormatString(scanner: Scanner, prefix: string, readInner: Style['readInner']): void {
  const start = scanner.at;
  scanner.at += prefix.length;
  const quote = readQuote(scanner);
  scanner.at = start;
  scanner.push('f"', prefix.length + quote.length);
  const style = { quote, start, isRaw: /r/i.test(prefix), readInner };
  for (;;) {
    const stop = readText(scanner, style, false);
    if (stop === quote) break;
    if (stop === '}') scanner.fail('a format string has a single "}"; write "}}"');
    readField(scanner, style, 0);
  }
  scanner.push('"f', quote.length);
}

/** Moves over text to its end: the closing quote, `{` or `}`. Doubled brackets are text outside formats. */
function readText(scanner: Scanner, { quote, isRaw, start }: Style, isFormat: boolean): string {
  const { text } = scanner;
  const from = scanner.at;
  const stop = () => {
    if (!isRaw) checkEscapes(scanner, from, scanner.at, false);
  };
  for (; scanner.at < text.length; scanner.at++) {
    const character = text.charAt(scanner.at);
    if (character === '\\') skipEscape(scanner, isRaw);
    else if (character === '{' || character === '}') {
      if (!isFormat && text.charAt(scanner.at + 1) === character) scanner.at++;
      else {
        stop();
        return character;
      }
    } else if (text.startsWith(quote, scanner.at)) {
      stop();
      return quote;
    } else if (quote.length === 1 && (character === '\n' || character === '\r')) break;
  }
  scanner.fail('the string is never closed', start);
}

/** To the last character of the escape: the bracket of `\N{DASH}` starts no field. */
function skipEscape(scanner: Scanner, isRaw: boolean): void {
  const { text } = scanner;
  const next = text.charAt(scanner.at + 1);
  const name = !isRaw && next === 'N' ? /\{[^{}'"\n]+\}/y : undefined;
  if (name) {
    name.lastIndex = scanner.at + 2;
    scanner.at += 1 + (name.exec(text)?.[0].length ?? 0);
  } else if (next === '\r' && text.charAt(scanner.at + 2) === '\n') scanner.at += 2;
  // A backslash before a bracket is text, and the bracket keeps its meaning.
  else if (next !== '{' && next !== '}') scanner.at++;
}

function readField(scanner: Scanner, style: Style, depth: number): void {
  const open = scanner.at;
  scanner.openBracket('f{');
  const level = scanner.depth;
  const isOutermost = () => scanner.depth === level;
  for (;;) {
    if (scanner.at >= scanner.text.length) scanner.fail('"{" is never closed', open);
    const character = scanner.text.charAt(scanner.at);
    if (isOutermost() && (character === '}' || character === ':')) break;
    if (isOutermost() && character === '!' && scanner.text.charAt(scanner.at + 1) !== '=') scanner.push('f!', 1);
    else style.readInner(scanner);
  }
  if (scanner.text.charAt(scanner.at) === ':') readFormat(scanner, style, depth);
  scanner.closeBracket('f}');
}

/** The text between the colon of a field and its end. */
function readFormat(scanner: Scanner, style: Style, depth: number): void {
  if (depth === FORMAT_DEPTH) scanner.fail('formats are nested too deep in a format string');
  scanner.push('f:', 1);
  for (;;) {
    const stop = readText(scanner, style, true);
    if (stop === '}') return;
    if (stop === style.quote) scanner.fail('a "{" of the format string is never closed');
    readField(scanner, style, depth + 1);
  }
}
