/** How single values look on the wire. */
import { type Cursor, malformed, readBytes, readVarint, take, wireTypes } from './reader.ts';
import { type Writer, writeBytes } from './writer.ts';

/** How one value looks on the wire. */
export interface Type<T> {
  readonly wireType: number;
  /** What stands for a value that was not sent; it is not written. */
  readonly zero: T;
  isZero(value: T): boolean;
  read(cursor: Cursor): T;
  write(writer: Writer, value: T): void;
}

const text: Type<string> = {
  wireType: wireTypes.bytes,
  zero: '',
  isZero: (value) => value === '',
  read: (cursor) => decodeText(readBytes(cursor)),
  write: (writer, value) => writeBytes(writer, Buffer.from(value)),
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('a text is not UTF-8');
  }
}

const NOTHING = new Uint8Array();

export const types = {
  text,
  bytes: {
    wireType: wireTypes.bytes,
    zero: NOTHING,
    isZero: ({ length }) => length === 0,
    read: readBytes,
    write: writeBytes,
  } satisfies Type<Uint8Array>,
  bool: {
    wireType: wireTypes.varint,
    zero: false,
    isZero: (value) => !value,
    read: (cursor) => (readVarint(cursor) | cursor.high) !== 0,
    write: (writer, value) => writer.varint(Number(value)),
  } satisfies Type<boolean>,
  int32: {
    wireType: wireTypes.varint,
    zero: 0,
    isZero: (value) => value === 0,
    read: (cursor) => readVarint(cursor) | 0,
    // Negative numbers are written as 64 bits.
    write: (writer, value) => writer.varint(value, value < 0 ? -1 : 0),
  } satisfies Type<number>,
  int64: {
    wireType: wireTypes.varint,
    zero: 0n,
    isZero: (value) => value === 0n,
    read: readInt64,
    write: writeInt64,
  } satisfies Type<bigint>,
  uint64: {
    wireType: wireTypes.varint,
    zero: 0n,
    isZero: (value) => value === 0n,
    read: (cursor) => BigInt.asUintN(64, readInt64(cursor)),
    write: writeInt64,
  } satisfies Type<bigint>,
  double: {
    wireType: wireTypes.fixed64,
    zero: 0,
    isZero: (value) => Object.is(value, 0),
    read: (cursor) => take(cursor, 8).readDoubleLE(),
    write(writer, value) {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      writer.bytes(bytes);
    },
  } satisfies Type<number>,
};

function readInt64(cursor: Cursor): bigint {
  const low = readVarint(cursor);
  return BigInt.asIntN(64, (BigInt(cursor.high) << 32n) | BigInt(low));
}

function writeInt64(writer: Writer, value: bigint): void {
  writer.varint(Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn));
}
