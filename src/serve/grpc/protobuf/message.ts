/**
 * Messages of Protocol Buffers as tables: the name of each field, its number and its type. Written by hand, since a library
 * that reads .proto files costs more to load than the server; `test/serve/grpc/messages` holds the tables against the files.
 */
import { type Cursor, createCursor, readBytes, readFields, wireTypes } from './reader.ts';
import type { Type } from './types.ts';
import { createWriter, type Writer, writeBytes } from './writer.ts';

/** A field of a message: a value, or several. */
export interface Field<T> {
  readonly number: number;
  readonly absent: T;
  /** `before` is what earlier occurrences of the field gave. */
  read(cursor: Cursor, wireType: number, before: T): T;
  write(writer: Writer, value: T): void;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;

export interface Message<T> extends Type<T> {
  decode(bytes: Uint8Array): T;
  /** After `reserved` bytes. Fields that are left out are absent. */
  encode(value: Partial<T>, reserved?: number): Buffer;
}

export type MessageOf<M> = M extends Message<infer T> ? T : never;

export function defineMessage<F extends Fields>(fields: F): Message<{ readonly [K in keyof F]: ValueOf<F[K]> }> {
  type Value = { readonly [K in keyof F]: ValueOf<F[K]> };
  const named = Object.entries<Field<unknown>>(fields);
  const byNumber = new Map(named.map(([name, field]) => [field.number, [name, field] as const]));
  const empty = Object.fromEntries(named.map(([name, { absent }]) => [name, absent]));
  const readAll = (whole: Cursor): Value => {
    const value = { ...empty };
    readFields(whole, (number, wireType, cursor) => {
      const found = byNumber.get(number);
      if (found === undefined) return false;
      const [name, field] = found;
      value[name] = field.read(cursor, wireType, value[name]);
      return true;
    });
    // The fields of the table, each with the value that its own type has read.
    return value as Value;
  };
  const encode = (value: Partial<Value>, reserved = 0): Buffer => {
    const writer = createWriter();
    for (const [name, field] of named) {
      const own: unknown = value[name];
      if (own !== undefined) field.write(writer, own);
    }
    return writer.finish(reserved);
  };
  return {
    wireType: wireTypes.bytes,
    zero: empty as Value,
    isZero: () => false,
    read: (cursor) => readAll(createCursor(readBytes(cursor), cursor)),
    write: (writer, value) => writeBytes(writer, encode(value)),
    decode: (bytes) => readAll(createCursor(bytes)),
    encode,
  };
}
