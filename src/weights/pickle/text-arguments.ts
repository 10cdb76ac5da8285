import { type Opaque, opaque } from './values.ts';

/**
 * Arguments that protocol 0 writes as a line of text. Whatever either unpickler of CPython takes is taken, the one in C
 * (Modules/_pickle.c) or the one in Python; undefined where both refuse.
 */

/** Older Pythons convert any number of decimal digits; of more than this only the kind is kept. */
const MAX_DIGITS = 4300;
const DECIMAL = /^[+-]?[0-9]+(_[0-9]+)*$/;
/** Base 0: both unpicklers take a prefix, the one in C also the octal numbers of C. */
const PREFIXED = /^([+-]?)0(x(?:_?[0-9a-f]+)+|o(?:_?[0-7]+)+|b(?:_?[01]+)+)$/i;
const C_OCTAL = /^([+-]?)0([0-7]+)$/;
const FLOAT =
  /^[+-]?(([0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?|inf(inity)?|nan)$/i;

/** "00" and "01" are how protocol 0 wrote False and True. */
export function parseInt0(line: string): boolean | number | bigint | Opaque | undefined {
  if (line === '00') return false;
  if (line === '01') return true;
  return parseBase0(line);
}

export function parseLong0(line: string): number | bigint | Opaque | undefined {
  return parseBase0(line.endsWith('L') ? line.slice(0, -1) : line);
}

/** A place in the memo: decimal only. */
export function parseIndex0(line: string): number | bigint | undefined {
  const text = untilNul(line);
  return DECIMAL.test(text) && text.length <= MAX_DIGITS ? toInteger(text) : undefined;
}

function parseBase0(line: string): number | bigint | Opaque | undefined {
  const text = untilNul(line);
  const octal = C_OCTAL.exec(text);
  const prefixed = octal ? [text, octal[1], `o${octal[2]}`] : PREFIXED.exec(text);
  if (!prefixed && !DECIMAL.test(text)) return undefined;
  if (text.length > MAX_DIGITS) return opaque;
  return prefixed ? toPrefixed(prefixed[1] === '-', prefixed[2] ?? '') : toInteger(text);
}

function toPrefixed(isNegative: boolean, digits: string): number | bigint {
  const value = BigInt(`0${digits.replaceAll('_', '').toLowerCase()}`);
  return narrow(isNegative ? -value : value);
}

function toInteger(text: string): number | bigint {
  return narrow(BigInt(text.replaceAll('_', '').replace(/^\+/, '')));
}

/** The unpickler in C hands the line to functions of C, which stop at a NUL. */
function untilNul(line: string): string {
  const end = line.indexOf('\0');
  return (end < 0 ? line : line.slice(0, end)).trim();
}

export function parseFloat0(line: string): number | undefined {
  const text = untilNul(line);
  if (!FLOAT.test(text)) return undefined;
  const plain = text.replaceAll('_', '').toLowerCase();
  if (/nan$/.test(plain)) return Number.NaN;
  if (/inf/.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  return Number(plain);
}

/** A number where it is exact, else a bigint. */
export function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** A quoted Python 2 string literal in Latin-1, one character a byte. */
export function parseString0(text: string): string | undefined {
  const quote = text[0];
  if ((quote !== "'" && quote !== '"') || text.length < 2 || text.at(-1) !== quote) return undefined;
  return unescapeBytes(text.slice(1, -1));
}

const simpleEscapes = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** Python's `codecs.escape_decode`: an unknown escape keeps its backslash, a broken \x or a lone backslash is an error. */
function unescapeBytes(text: string): string | undefined {
  let broken = false;
  const plain = text.replace(/\\([0-7]{1,3}|x[0-9a-fA-F]{2}|[\s\S]|$)/g, (whole, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (code === 'x' || code === '') broken = true;
    return simpleEscapes.get(code) ?? whole;
  });
  return broken ? undefined : plain;
}

/** Python's raw-unicode-escape: only \uXXXX and \UXXXXXXXX mean anything; `line` is Latin-1. */
export function parseUnicode0(line: string): string | undefined {
  let broken = false;
  const plain = line.replace(
    /(\\+)(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[uU])/g,
    (whole, slashes: string, digits: string) => {
      // An even number of backslashes means the last one is not an escape.
      if (slashes.length % 2 === 0) return whole;
      const code = Number.parseInt(digits.slice(1), 16);
      if (digits.length === 1 || code > 0x10ffff) {
        broken = true;
        return whole;
      }
      return slashes.slice(1) + String.fromCodePoint(code);
    },
  );
  return broken ? undefined : plain;
}
