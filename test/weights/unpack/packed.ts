import { Input } from '../../../src/weights/unpack/input.ts';
import { Output } from '../../../src/weights/unpack/output.ts';

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

export const bytesOf = (kind: keyof typeof packed) => Buffer.from(packed[kind], 'base64');

/** What a decoder makes of the bytes, and the error that ended it. */
export function decode(
  decoder: (input: Input, output: Output, limit: number) => void,
  bytes: Uint8Array,
  limit = 1_000_000,
): { bytes: Buffer; error?: unknown } {
  const output = new Output(limit);
  try {
    decoder(new Input(bytes), output, limit);
  } catch (error) {
    return { bytes: Buffer.from(output.bytes), error };
  }
  return { bytes: Buffer.from(output.bytes) };
}

/** Every byte turned over once, and every beginning: what a decoder may throw is named. */
export function* damaged(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) {
    const one = Buffer.from(bytes);
    one[at] = 0xff - (one[at] ?? 0);
    yield one;
    yield bytes.subarray(0, at);
  }
}
