/** A line as pip sees it: joined, without comments. The number is that of its first line in the file. */
export interface LogicalLine {
  readonly line: number;
  readonly text: string;
}

export type Decoding =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const marks: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  // The longer byte order marks first: the shorter ones are their prefixes.
  [[0xff, 0xfe, 0, 0], 'utf-32le'],
  [[0, 0, 0xfe, 0xff], 'utf-32be'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

const CODING = /^#.*?coding[:=]\s*([-\w.]+)/;

/**
 * The text of a requirements file: decoded by its byte order mark, by a coding line in the first two lines, else as
 * UTF-8.
 */
export function decodeRequirements(bytes: Uint8Array): Decoding {
  for (const [mark, encoding] of marks) {
    if (mark.every((byte, index) => bytes[index] === byte)) return decode(bytes.subarray(mark.length), encoding);
  }
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1').split('\n').slice(0, 2);
  return decode(bytes, head.map((line) => CODING.exec(line)?.[1]).find((name) => name !== undefined) ?? 'utf-8');
}

function decode(bytes: Uint8Array, encoding: string): Decoding {
  if (encoding.startsWith('utf-32')) return decodeUtf32(bytes, encoding);
  try {
    return { kind: 'ok', text: decodeLabel(bytes, encoding) };
  } catch (error) {
    // The decoder throws for an unknown encoding, and for invalid bytes.
    if (error instanceof RangeError) return { kind: 'unreadable', reason: `its encoding ${encoding} is unknown` };
    if (error instanceof TypeError) return { kind: 'unreadable', reason: `its bytes are not ${encoding}` };
    throw error;
  }
}

/** Python's names of encodings that differ from the web's. */
const labels: Readonly<Record<string, string>> = { 'latin-1': 'latin1', 'utf-8-sig': 'utf-8', 'utf-16': 'utf-16le' };

function decodeLabel(bytes: Uint8Array, encoding: string): string {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  return new TextDecoder(labels[name] ?? name, { fatal: true }).decode(bytes);
}

function decodeUtf32(bytes: Uint8Array, encoding: string): Decoding {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = encoding === 'utf-32le';
  const points = Array.from({ length: bytes.length >> 2 }, (_, index) => view.getUint32(index * 4, isLittle));
  const isSound = bytes.length % 4 === 0 && points.every((point) => point <= 0x10ffff);
  if (!isSound) return { kind: 'unreadable', reason: `its bytes are not ${encoding}` };
  return { kind: 'ok', text: points.map((point) => String.fromCodePoint(point)).join('') };
}

/** Line ends of Python's splitlines. */
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** Lines joined by a backslash, without comments; empty ones are left out. */
export function toLogicalLines(text: string): LogicalLine[] {
  const joined: { line: number; text: string }[] = [];
  let goesOn = false;
  for (const [index, part] of text.split(LINE_END).entries()) {
    const isComment = /^\s*#/.test(part);
    const isJoined = part.endsWith('\\') && !isComment;
    // A comment does not continue on the next line.
    const piece = isJoined ? part.replace(/^\\+|\\+$/g, '') : isComment ? ` ${part}` : part;
    const last = joined.at(-1);
    if (goesOn && last) last.text += piece;
    else joined.push({ line: index + 1, text: piece });
    goesOn = isJoined;
  }
  return joined.flatMap((found) => {
    const stripped = found.text.replace(/(^|\s)#.*$/, '').trim();
    return stripped === '' ? [] : [{ line: found.line, text: stripped }];
  });
}
