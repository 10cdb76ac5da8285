/**
 * JSON as Python's `json.dumps(value, indent=2)` writes it, as TorchServe's answers are (contract 3.3): ASCII only, floats by
 * `repr`, NaN and Infinity as bare words. bigint and safe integers are Python ints; fractions, numbers beyond 2^53, the SDK's
 * float() and elements of float arrays are floats.
 */
import { isFloat } from '../sdk.ts';
import { isNumbers, isTensor, toNested } from '../tensor-values.ts';

/** Deeper values are refused: Python's encoder stops at its recursion limit of 1,000 too. */
const MAX_DEPTH = 900;

/** A value that JSON cannot hold; answered with 503 "Unsupported model output data type." as in TorchServe. */
export class UnsupportedValue extends Error {
  override readonly name = 'UnsupportedValue';
}

export function toPythonJson(value: unknown): string {
  const parts: string[] = [];
  write(value, '\n', 0, parts);
  return parts.join('');
}

function write(value: unknown, newline: string, depth: number, out: string[]): void {
  if (depth > MAX_DEPTH) throw new UnsupportedValue(`nested deeper than ${MAX_DEPTH}, or a cycle`);
  switch (typeof value) {
    case 'string':
      out.push(quote(value));
      return;
    case 'number':
      out.push(Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatRepr(value));
      return;
    case 'boolean':
    case 'bigint':
      out.push(String(value));
      return;
    case 'object':
      if (value === null) out.push('null');
      else writeObject(value, newline, depth, out);
      return;
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new UnsupportedValue(`a value of type ${typeof value}`);
  }
}

function writeObject(value: object, newline: string, depth: number, out: string[]): void {
  if (isFloat(value)) out.push(floatRepr(value.value));
  else if (Array.isArray(value)) writeItems(value, newline, out, (item, inner) => write(item, inner, depth + 1, out));
  else if (value instanceof Float32Array || value instanceof Float64Array) {
    writeTexts(Array.from(value, floatRepr), newline, out);
  } else if (isNumbers(value)) {
    // The remaining typed arrays hold integers (number or bigint).
    writeTexts(Array.from<unknown, string>(value, String), newline, out);
  } else if (isTensor(value)) write(toNested(value), newline, depth, out);
  else if (value instanceof Map) writeEntries(value.entries(), newline, depth, out);
  else if ('toJSON' in value && typeof value.toJSON === 'function') write(value.toJSON(), newline, depth + 1, out);
  else if (isPlain(value)) writeEntries(Object.entries(value), newline, depth, out);
  else throw new UnsupportedValue(`an object of class ${value.constructor?.name ?? 'unknown'}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of any realm has the prototype null.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function writeItems<T>(
  items: Iterable<T>,
  newline: string,
  out: string[],
  item: (value: T, newline: string) => void,
): void {
  const inner = `${newline}  `;
  let first = true;
  for (const value of items) {
    out.push(first ? `[${inner}` : `,${inner}`);
    first = false;
    item(value, inner);
  }
  out.push(first ? '[]' : `${newline}]`);
}

/** Joins formatted items: a tensor has millions. */
function writeTexts(items: readonly string[], newline: string, out: string[]): void {
  const inner = `${newline}  `;
  out.push(items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${newline}]`);
}

function writeEntries(entries: Iterable<[unknown, unknown]>, newline: string, depth: number, out: string[]): void {
  const inner = `${newline}  `;
  let first = true;
  for (const [key, value] of entries) {
    // Skipped, as JSON.stringify does.
    if (value === undefined) continue;
    out.push(first ? `{${inner}` : `,${inner}`, quote(toKey(key)), ': ');
    first = false;
    write(value, inner, depth + 1, out);
  }
  out.push(first ? '{}' : `${newline}}`);
}

function toKey(key: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') return String(key);
  throw new UnsupportedValue(`a key of type ${typeof key}`);
}

/** JSON.stringify escapes quotes, controls and lone surrogates as Python does; this escapes the rest from DEL on. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Python's `repr(float)`: JavaScript's shortest digits, but with ".0" on integers, exponents of at least two digits, and the
 * exponent form outside 1e-4 ≤ |x| < 1e16.
 */
export function floatRepr(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    // Within this range JavaScript uses no exponent either.
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  if (Number.isNaN(value)) return 'NaN';
  if (size === Infinity) return value < 0 ? '-Infinity' : 'Infinity';
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, power = ''] = value.toExponential().split('e');
  return `${mantissa}e${power.slice(0, 1)}${power.slice(1).padStart(2, '0')}`;
}
