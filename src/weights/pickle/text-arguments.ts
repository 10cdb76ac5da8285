/** Arguments that protocol 0 writes as a line of text, read as CPython's pickletools reads them; undefined when it would refuse. */

/** Python 3.11 and later convert no more decimal digits than this. */
const MAX_DIGITS = 4300;
const INTEGER = /^[+-]?[0-9]+(_[0-9]+)*$/;
const FLOAT =
  /^[+-]?(([0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?|inf(inity)?|nan)$/i;

/** "00" and "01" are how protocol 0 wrote False and True. */
export function parseInt0(line: string): boolean | number | bigint | undefined {
  if (line === '00') return false;
  if (line === '01') return true;
  return toInteger(line);
}

export function parseLong0(line: string): number | bigint | undefined {
  return toInteger(line.endsWith('L') ? line.slice(0, -1) : line);
}

function toInteger(line: string): number | bigint | undefined {
  const text = line.trim();
  if (!INTEGER.test(text)) return undefined;
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  return digits.length > MAX_DIGITS ? undefined : narrow(BigInt(digits));
}

export function parseFloat0(line: string): number | undefined {
  const text = line.trim();
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
