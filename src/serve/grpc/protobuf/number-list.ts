/**
 * Long lists of numbers, or of byte strings, as the bytes that a tensor of them has: little-endian, and a byte string after its
 * length in 32 bits. A list of JavaScript numbers would be many times as large as the message it came in.
 */
import type { Field } from './message.ts';
import { type Cursor, createCursor, malformed, readBytes, readVarint, take, wireTypes } from './reader.ts';
import { createWriter, type Writer, writeBytes, writeTag } from './writer.ts';

/** Bytes that grow as the message is read. */
export interface ByteList {
  readonly bytes: Buffer;
  /** How many of them are used. */
  readonly length: number;
}

interface Element {
  readonly wireType: number;
  /** Bytes of one in a tensor. */
  readonly width: number;
  read(cursor: Cursor, into: Buffer, at: number): void;
  /** All of a tensor, as the packed field has them. */
  writeAll(writer: Writer, values: Buffer): void;
}

const fixed = (wireType: number, width: number): Element => ({
  wireType,
  width,
  read: (cursor, into, at) => void take(cursor, width).copy(into, at),
  writeAll: (writer, values) => writer.bytes(values),
});

export const elements = {
  bool: {
    wireType: wireTypes.varint,
    width: 1,
    read(cursor, into, at) {
      readVarint(cursor);
      into[at] = (cursor.low | cursor.high) === 0 ? 0 : 1;
    },
    writeAll: (writer, values) => writer.bytes(values),
  },
  int32: {
    wireType: wireTypes.varint,
    width: 4,
    read: (cursor, into, at) => void into.writeUInt32LE(readVarint(cursor), at),
    writeAll(writer, values) {
      for (let at = 0; at < values.length; at += 4) {
        const value = values.readInt32LE(at);
        writer.varint(value, value < 0 ? -1 : 0);
      }
    },
  },
  uint32: {
    wireType: wireTypes.varint,
    width: 4,
    read: (cursor, into, at) => void into.writeUInt32LE(readVarint(cursor), at),
    writeAll(writer, values) {
      for (let at = 0; at < values.length; at += 4) writer.varint(values.readUInt32LE(at));
    },
  },
  /** Signed or not: the bits are the same. */
  int64: {
    wireType: wireTypes.varint,
    width: 8,
    read(cursor, into, at) {
      into.writeUInt32LE(readVarint(cursor), at);
      into.writeUInt32LE(cursor.high, at + 4);
    },
    writeAll(writer, values) {
      for (let at = 0; at < values.length; at += 8) writer.varint(values.readUInt32LE(at), values.readUInt32LE(at + 4));
    },
  },
  float: fixed(wireTypes.fixed32, 4),
  double: fixed(wireTypes.fixed64, 8),
} as const satisfies Record<string, Element>;

const NONE: ByteList = { bytes: Buffer.alloc(0), length: 0 };

/** Numbers packed as proto3 has it, or one by one, which a reader must take too. */
export function numberList(number: number, element: Element): Field<ByteList> {
  return {
    number,
    absent: NONE,
    read(cursor, wireType, before) {
      if (wireType === element.wireType) {
        const grown = grow(before, element.width);
        element.read(cursor, grown.bytes, before.length);
        return grown;
      }
      if (wireType !== wireTypes.bytes) throw malformed(`field ${number} has the wire type ${wireType}`);
      const inner = createCursor(readBytes(cursor));
      const grown = grow(before, countElements(inner.bytes, element) * element.width);
      for (let at = before.length; inner.at < inner.bytes.length; at += element.width)
        element.read(inner, grown.bytes, at);
      return grown;
    },
    write(writer, { bytes, length }) {
      if (length === 0) return;
      const inner = createWriter();
      element.writeAll(inner, bytes.subarray(0, length));
      writeTag(writer, number, wireTypes.bytes);
      writeBytes(writer, inner.finish());
    },
  };
}

export function byteStringList(number: number): Field<ByteList> {
  return {
    number,
    absent: NONE,
    read(cursor, wireType, before) {
      if (wireType !== wireTypes.bytes) throw malformed(`field ${number} has the wire type ${wireType}`);
      const value = readBytes(cursor);
      const grown = grow(before, 4 + value.length);
      grown.bytes.writeUInt32LE(value.length, before.length);
      value.copy(grown.bytes, before.length + 4);
      return grown;
    },
    write(writer, { bytes, length }) {
      for (let at = 0; at < length; ) {
        const size = bytes.readUInt32LE(at);
        writeTag(writer, number, wireTypes.bytes);
        writeBytes(writer, bytes.subarray(at + 4, at + 4 + size));
        at += 4 + size;
      }
    },
  };
}

/** Twice as large when it is full: members that come one by one are copied a few times, not each time. */
function grow({ bytes, length }: ByteList, more: number): ByteList {
  if (length + more <= bytes.length) return { bytes, length: length + more };
  const larger = Buffer.allocUnsafe(length === 0 ? more : Math.max(length + more, 2 * bytes.length));
  bytes.copy(larger, 0, 0, length);
  return { bytes: larger, length: length + more };
}

/** A varint ends with a byte below 128. */
function countElements(packed: Buffer, { wireType, width }: Element): number {
  if (wireType !== wireTypes.varint) {
    if (packed.length % width !== 0) throw malformed('it ends in a value');
    return packed.length / width;
  }
  let count = 0;
  for (const byte of packed) if (byte < 0x80) count++;
  if (packed.length > 0 && (packed.at(-1) ?? 0) >= 0x80) throw malformed('it ends in a number');
  return count;
}
