import { PythonFault } from './fault.ts';
import { readFormatString } from './format-strings.ts';
import { Indentation } from './indentation.ts';
import { PREFIX, readNumber, readString } from './literals.ts';
import { Scanner } from './scanner.ts';
import { isKeyword, type Tokens } from './tokens.ts';

const NAME = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
const UNICODE_NAME = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const OPERATOR = /\.\.\.|\*\*=?|\/\/=?|<<=?|>>=?|->|<>|:=|[-+*/%@&|^=!<>]=|[-+*/%@&|^~=<>.,:;]/y;
const NUMBER_START = /\d|\.\d/y;
/** White space and comments between tokens, and lines joined by a backslash. */
const BLANK = /(?:[ \t\f]+|\\(?:\r\n|\n|\r(?!\n))(?!$)|#[^\r\n]*)+/y;
const LINE_END = /\r\n|\n|\r/y;

/** The tokens of Python's tokenizer, up to the first place where it fails. */
export function tokenizePython(text: string): Tokens {
  const scanner = new Scanner(text);
  const { tokens } = scanner;
  try {
    readLines(scanner);
    tokens.unclosed = scanner.open;
    tokens.push(scanner.depth > 0 ? 'FAULT' : 'END', text.length, text.length);
  } catch (fault) {
    if (!(fault instanceof PythonFault)) throw fault;
    tokens.fault = fault.message;
    tokens.push('FAULT', fault.at, text.length);
  }
  return tokens;
}

function readLines(scanner: Scanner): void {
  // A byte order mark is skipped.
  if (scanner.code() === 0xfeff) scanner.at++;
  const indentation = new Indentation(scanner);
  let isNewLine = true;
  while (scanner.at < scanner.text.length) {
    if (isNewLine && scanner.depth === 0) indentation.read();
    isNewLine = false;
    scanner.at += scanner.match(BLANK)?.length ?? 0;
    const end = scanner.match(LINE_END);
    if (end === undefined) {
      if (scanner.at < scanner.text.length) readToken(scanner);
      continue;
    }
    isNewLine = true;
    if (scanner.depth === 0 && !indentation.isBlankLine) scanner.push('NEWLINE', end.length);
    else scanner.at += end.length;
  }
  if (scanner.depth > 0) return;
  if (!isNewLine && !indentation.isBlankLine) scanner.push('NEWLINE', 0);
  indentation.end();
}

function readToken(scanner: Scanner): void {
  const prefix = scanner.match(PREFIX);
  if (prefix !== undefined) {
    if (/[ft]/i.test(prefix)) readFormatString(scanner, prefix, readInner);
    else readString(scanner, prefix);
    return;
  }
  const name = scanner.match(NAME);
  if (name !== undefined) readName(scanner, name);
  else if (scanner.match(NUMBER_START) !== undefined) readNumber(scanner);
  else readOperator(scanner);
}

/** One token of a replacement field, or separators: blanks, comments and line ends. */
function readInner(scanner: Scanner): void {
  const gap = scanner.match(BLANK) ?? scanner.match(LINE_END);
  if (gap !== undefined) scanner.at += gap.length;
  else readToken(scanner);
}

function readName(scanner: Scanner, name: string): void {
  if (isKeyword(name)) scanner.push(name, name.length);
  else if (/^\w+$/.test(name) || UNICODE_NAME.test(name)) scanner.push('NAME', name.length);
  else {
    const [bad = ''] = /[^\p{XID_Continue}]/u.exec(name) ?? name;
    const at = scanner.at + name.indexOf(bad);
    scanner.fail(`the character ${describe(bad)} is not allowed here`, at);
  }
}

function readOperator(scanner: Scanner): void {
  const character = scanner.text.charAt(scanner.at);
  const operator = scanner.match(OPERATOR);
  if ('([{'.includes(character)) scanner.openBracket(character);
  else if (')]}'.includes(character)) scanner.closeBracket(character);
  else if (operator !== undefined) scanner.push(operator, operator.length);
  else failCharacter(scanner, character);
}

function failCharacter(scanner: Scanner, character: string): never {
  if (character === '\\') scanner.fail('a backslash must be the last character of its line');
  if (character === '`') scanner.fail('backticks are Python 2; Python 3 has repr()');
  scanner.fail(`the character ${describe(character)} is not allowed here`);
}

function describe(character: string): string {
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[!-~]/.test(character) ? JSON.stringify(character) : `U+${point}`;
}
