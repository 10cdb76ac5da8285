import { decodeText } from '../../../core/documents/encoded-text.ts';
import type { TextReading } from '../../../core/documents/text-member.ts';

/** A line as pip sees it: joined, without comments. The number is that of its first line in the file. */
export interface LogicalLine {
  readonly line: number;
  readonly text: string;
}

const marks: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  // The longer byte order marks first: the shorter ones are their prefixes.
  [[0xff, 0xfe, 0, 0], 'utf-32le'],
  [[0, 0, 0xfe, 0xff], 'utf-32be'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

const CODING = /^#.*?coding[:=]\s*([-\w.]+)/;

/** The text of a requirements file: by its mark, by a coding line among the first two, else UTF-8. */
export function decodeRequirements(bytes: Uint8Array): TextReading {
  for (const [mark, encoding] of marks) {
    if (mark.every((byte, index) => bytes[index] === byte)) return decodeText(bytes.subarray(mark.length), encoding);
  }
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1').split('\n').slice(0, 2);
  return decodeText(bytes, head.map((line) => CODING.exec(line)?.[1]).find((name) => name !== undefined) ?? 'utf-8');
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
