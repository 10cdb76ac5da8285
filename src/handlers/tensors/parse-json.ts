/**
 * JSON as Python's `json.loads` reads it, which is what TorchServe's handlers get: NaN, Infinity and -Infinity are numbers,
 * and integers are exact. What JSON.parse can read without loss is left to it: it is many times as fast.
 */

import type { TensorSpec } from '../sdk.ts';

/** As Python's recursion limit: deeper documents are refused. */
const MAX_DEPTH = 900;

/** An integer of 16 digits or more; in a string it only costs speed. */
const LONG_INTEGER = /(?:^|[[,:\s])-?\d{16,}(?=[\s,\]}]|$)/;

export interface JsonOptions {
  /** Integers beyond 2^53 as bigint; otherwise they are rounded, as JSON.parse does. */
  readonly exactIntegers: boolean;
}

/** Looking for long integers costs up to as much as JSON.parse; other types hold no more digits than a number anyway. */
export function needExactIntegers(inputs: readonly TensorSpec[]): boolean {
  return inputs.some(({ dtype }) => dtype === 'int64' || dtype === 'uint64');
}

/** Throws a SyntaxError. */
export function parseJson(text: string, { exactIntegers }: JsonOptions): unknown {
  if (exactIntegers && LONG_INTEGER.test(text)) return parseSlowly(text, true);
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!/NaN|Infinity/.test(text)) throw cause;
    return parseSlowly(text, exactIntegers);
  }
}

/** A string, a number or word, or one mark of punctuation. */
const TOKEN = /[\t\n\r ]*("(?:[^"\\]|\\.)*"|[-+.\w]+|[{}[\],:])/y;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

function parseSlowly(text: string, exactIntegers: boolean): unknown {
  let at = 0;
  const next = (): string | undefined => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text)?.[1];
    if (found !== undefined) at = TOKEN.lastIndex;
    return found;
  };
  const fail = (found: string | undefined): never => {
    const what = found === undefined ? 'no token' : JSON.stringify(found.slice(0, 40));
    throw new SyntaxError(`Unexpected ${what} in JSON before position ${at}`);
  };
  const expect = (mark: string) => {
    const found = next();
    if (found !== mark) fail(found);
  };
  const read = (token: string | undefined, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH}`);
    if (token === '[') return readList(depth);
    if (token === '{') return readObject(depth);
    if (token === undefined) return fail(token);
    if (WORDS.has(token)) return WORDS.get(token);
    if (!/^["\d-]/.test(token)) return fail(token);
    // Checks the token as well: JSON.parse refuses 01, 1. and raw line breaks in strings.
    const value: unknown = JSON.parse(token);
    return exactIntegers && INTEGER.test(token) && !Number.isSafeInteger(value) ? BigInt(token) : value;
  };
  const readList = (depth: number): unknown[] => {
    const list: unknown[] = [];
    let token = next();
    if (token === ']') return list;
    for (;;) {
      list.push(read(token, depth + 1));
      token = next();
      if (token === ']') return list;
      if (token !== ',') fail(token);
      token = next();
    }
  };
  const readObject = (depth: number): Record<string, unknown> => {
    const object: Record<string, unknown> = {};
    let token = next();
    if (token === '}') return object;
    for (;;) {
      if (token === undefined || !token.startsWith('"')) return fail(token);
      const name = String(JSON.parse(token));
      expect(':');
      // An assignment to `__proto__` would set the prototype.
      Object.defineProperty(object, name, {
        value: read(next(), depth + 1),
        writable: true,
        enumerable: true,
        configurable: true,
      });
      token = next();
      if (token === '}') return object;
      if (token !== ',') fail(token);
      token = next();
    }
  };
  const value = read(next(), 0);
  if (text.slice(at).trim() !== '') fail(next());
  return value;
}
