/** Reads the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding). Every byte is untrusted. */
import { ToolError } from '../../../core/errors.ts';

/** Kinds of values on the wire; groups (3 and 4) are from before proto3 and are refused. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A varint of 64 bits has ten bytes. */
const MAX_VARINT_BYTES = 10;

/** Members of all lists and maps of a message: each becomes an object many times as large as its bytes. */
const MAX_MEMBERS = 50_000;

/** What one message may still become, with all that is in it. */
export interface Allowance {
  members: number;
}

/** A place in a message, moved on by what is read. */
export interface Cursor {
  readonly bytes: Buffer;
  readonly allowance: Allowance;
  at: number;
  /** Halves of the last varint. */
  low: number;
  high: number;
}

/** `within` is the message that this one is a part of. */
export function createCursor(bytes: Uint8Array, within?: Cursor): Cursor {
  const allowance = within?.allowance ?? { members: MAX_MEMBERS };
  return { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), allowance, at: 0, low: 0, high: 0 };
}

/** Counts one more member of a list or map that has `count`. */
export function allowMember({ allowance }: Cursor, count: number, most: number): void {
  if (count >= most) throw tooMany('A list of the message', most);
  if (allowance.members-- <= 0) throw tooMany('All lists of the message together', MAX_MEMBERS);
}

function tooMany(what: string, most: number): ToolError {
  return new ToolError('REQUEST_INVALID', { message: `${what} may have ${most} members, and there are more.` });
}

export function malformed(problem: string): ToolError {
  return new ToolError('REQUEST_INVALID', { message: `The message is not valid Protocol Buffers: ${problem}.` });
}

/** The lower half; `cursor.high` has the other. */
export function readVarint(cursor: Cursor): number {
  const { bytes } = cursor;
  let low = 0;
  let high = 0;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw malformed('it ends in a number');
    cursor.at++;
    const bits = byte & 0x7f;
    if (i < 4) low |= bits << (7 * i);
    else if (i > 4) high |= bits << (7 * i - 32);
    else {
      low |= bits << 28;
      high |= bits >> 4;
    }
    if (byte < 0x80) {
      cursor.low = low >>> 0;
      cursor.high = high >>> 0;
      return cursor.low;
    }
  }
  throw malformed('a number has more than ten bytes');
}

export function readBytes(cursor: Cursor): Buffer {
  const length = readVarint(cursor);
  return take(cursor, cursor.high === 0 ? length : Number.POSITIVE_INFINITY);
}

export function take(cursor: Cursor, length: number): Buffer {
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw malformed('it ends in a value');
  const bytes = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

/** Calls back at the value of each field, which `read` either reads, or leaves by answering false. */
export function readFields(cursor: Cursor, read: (number: number, wireType: number, cursor: Cursor) => boolean): void {
  while (cursor.at < cursor.bytes.length) {
    const tag = readVarint(cursor);
    const number = tag >>> 3;
    if (cursor.high !== 0 || number === 0) throw malformed('a field has no number');
    if (!read(number, tag & 7, cursor)) skip(cursor, tag & 7);
  }
}

function skip(cursor: Cursor, wireType: number): void {
  if (wireType === wireTypes.varint) readVarint(cursor);
  else if (wireType === wireTypes.bytes) readBytes(cursor);
  else if (wireType === wireTypes.fixed64) take(cursor, 8);
  else if (wireType === wireTypes.fixed32) take(cursor, 4);
  else throw malformed(`a field has the wire type ${wireType}`);
}
