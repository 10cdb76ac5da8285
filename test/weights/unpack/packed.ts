import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { Input } from '../../../src/weights/unpack/input.ts';
import { Full, Output } from '../../../src/weights/unpack/output.ts';

/** A pickle that calls os.system, as Python's libraries pack them; base64. */
export const packed = {
  gzip: 'H4sIAAAAAAACA2tgSs4v5iquLC5JzeWKYGFgYEhNzshvDdIDAPj8MHQZAAAA',
  'gzip, cut': 'H4sIAAAAAAACA2tgSs4v5iquLC5JzeWKYGFgYEhNzshvDdID',
  'gzip, garbage behind': 'H4sIAAAAAAACA2tgSs4v5iquLC5JzeWKYGFgYEhNzshvDdIDAPj8MHQZAAAAZ2FyYmFnZQ==',
  zlib: 'eJxrYErOL+YqriwuSc3limBhYGBITc7Ibw3SAwBlRgeB',
  bzip2: 'QlpoOTFBWSZTWUyQQcUAAAvTwFQQAAEQQApCjCBCACAAIiaNBpieUKGmmAC6oNxTl564pl8DyELfF3JFOFCQTJBBxQ==',
  'bzip2, two streams':
    'QlpoOTFBWSZTWSMcd4QAAARBwBAQCACIIEAAIAAxDAEGm0QTCGUXckU4UJAjHHeEQlpoOTFBWSZTWWspwzUAAAdTwEQQAAEQQApChAACACAAIpg0DQgGgBE9FgiwcbdPC7kinChINZThmoA=',
  xz: '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAYgAJjb3MKc3lzdGVtClgEAAAAZWNob4VSLgAAAAANSawhStiJagABMRlZGrCCH7bzfQEAAAAABFla',
  'xz, delta':
    '/Td6WFoAAATm1rRGAgEDAQIhAQyIEa+5AQAYgAJj73GnBAZpAez6lvOX9qj8ZWNoCiLqvwAAAAANSawhStiJagABMRlZGrCCH7bzfQEAAAAABFla',
  lzma: 'XQAAgAD//////////wBAAIgDvDC9NN4vXibQafs2F/2G75wWY9YAIU2oUf//4x6AAA==',
  lz4: 'BCJNGGhAGQAAAAAAAAB6GQAAgIACY29zCnN5c3RlbQpYBAAAAGVjaG+FUi4AAAAA',
  zfile: 'WkYweDE5ICAgICAgICAgICAgICAgeJxrYErOL+YqriwuSc3limBhYGBITc7Ibw3SAwBlRgeB',
};

/** The pickle. */
export const plain = Buffer.from('gAJjb3MKc3lzdGVtClgEAAAAZWNob4VSLg==', 'base64');

type Kind = keyof typeof packed;

export const bytesOf = (kind: Kind) => Buffer.from(packed[kind], 'base64');

type Decoder = (input: Input, output: Output, limit: number) => void;

/** What a decoder makes of the bytes, and the error that ended it. */
export function decode(decoder: Decoder, bytes: Uint8Array, limit = 1_000_000): { bytes: Buffer; error?: unknown } {
  const output = new Output(limit);
  try {
    decoder(new Input(bytes), output, limit);
  } catch (error) {
    return { bytes: Buffer.from(output.bytes), error };
  }
  return { bytes: Buffer.from(output.bytes) };
}

/** Every byte turned over once, and every beginning. */
function* damaged(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) {
    const one = Buffer.from(bytes);
    one[at] = 0xff - (one[at] ?? 0);
    yield one;
    yield bytes.subarray(0, at);
  }
}

/** What every decoder promises, shown with streams that Python wrote; the first is damaged and cut. */
export function testDecoder(decoder: Decoder, kinds: readonly [Kind, ...Kind[]]): void {
  const bytes = bytesOf(kinds[0]);

  test.each(kinds)('%s, compressed by Python, gives every byte', (kind) => {
    expect(decode(decoder, bytesOf(kind))).toEqual({ bytes: plain });
  });

  test('content above the limit is not unpacked', () => {
    const { bytes: some, error } = decode(decoder, bytes, 4);
    expect(error).toBeInstanceOf(Full);
    expect(some.length).toBeLessThanOrEqual(4);
  });

  test('a damaged or truncated stream ends, as malformed or with some bytes', () => {
    for (const one of damaged(bytes)) {
      const { error } = decode(decoder, one);
      if (error !== undefined && !(error instanceof Full)) expect(error).toBeInstanceOf(Malformed);
    }
  });
}
