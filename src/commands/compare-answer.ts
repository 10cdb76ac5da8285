import { toJsonPointer } from '../core/documents/json-pointer.ts';

/** Relative tolerance: other kernels, threads or providers round differently. */
export const NUMBER_TOLERANCE = 1e-3;
/** Absolute tolerance, for the probabilities of unlikely classes. */
const ABSOLUTE_TOLERANCE = 1e-6;

/**
 * Describes the first difference between two answers; undefined if there is none. JSON is compared by value, numbers with
 * {@link NUMBER_TOLERANCE}; anything else byte by byte, except for a final newline.
 */
export function findDifference(expected: Buffer, actual: Buffer): string | undefined {
  const wanted = parse(expected);
  const found = parse(actual);
  if (wanted !== undefined && found !== undefined) return differ(wanted.value, found.value, '');
  const isEqual = trimNewline(expected).equals(trimNewline(actual));
  return isEqual ? undefined : `expected ${preview(expected)}, got ${preview(actual)}`;
}

function differ(expected: unknown, actual: unknown, pointer: string): string | undefined {
  const at = pointer === '' ? 'the answer' : pointer;
  if (typeof expected === 'number' && typeof actual === 'number') {
    const gap = Math.abs(expected - actual);
    const isClose =
      gap <= ABSOLUTE_TOLERANCE || gap <= NUMBER_TOLERANCE * Math.max(Math.abs(expected), Math.abs(actual));
    return isClose ? undefined : `${at}: expected ${expected} within ${NUMBER_TOLERANCE} relative, got ${actual}`;
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length) {
    return `${at}: expected ${expected.length} items, got ${actual.length}`;
  }
  if (isContainer(expected) && isContainer(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const inner = pointer + toJsonPointer([key]);
      if (!Object.hasOwn(actual, key)) return `${inner}: expected, but missing`;
      if (!Object.hasOwn(expected, key)) return `${inner}: not expected`;
      const found = differ(expected[key], actual[key], inner);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return expected === actual ? undefined : `${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parse(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return undefined;
  }
}

function trimNewline(bytes: Buffer): Buffer {
  const text = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  return text.at(-1) === 0x0d ? text.subarray(0, -1) : text;
}

function preview(bytes: Buffer): string {
  return bytes.length > 80 ? `${bytes.length} bytes` : JSON.stringify(bytes.toString('utf8'));
}
