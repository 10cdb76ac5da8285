/** The fields that a message is made of. */
import { defineMessage, type Field } from './message.ts';
import { allowMember, type Cursor, createCursor, malformed, readBytes, wireTypes } from './reader.ts';
import { type Type, types } from './types.ts';
import { createWriter, writeBytes, writeTag } from './writer.ts';

/** Members of one list or map. Far more than any request has inputs; without a bound a small message makes millions of objects. */
const MAX_ITEMS = 1_000;

/** One value; its zero is the same as none. */
export function one<T>(number: number, type: Type<T>): Field<T> {
  return {
    number,
    absent: type.zero,
    read(cursor, wireType) {
      expect(wireType, type, number);
      return type.read(cursor);
    },
    write(writer, value) {
      if (type.isZero(value)) return;
      writeTag(writer, number, type.wireType);
      type.write(writer, value);
    },
  };
}

/** One value, or none: an `optional` field, a message, or a member of a `oneof`. */
export function optional<T>(number: number, type: Type<T>): Field<T | undefined> {
  return {
    number,
    absent: undefined,
    read(cursor, wireType) {
      expect(wireType, type, number);
      return type.read(cursor);
    },
    write(writer, value) {
      if (value === undefined) return;
      writeTag(writer, number, type.wireType);
      type.write(writer, value);
    },
  };
}

/** Any number of texts, bytes or messages. */
export function many<T>(number: number, type: Type<T>): Field<readonly T[]> {
  return {
    number,
    absent: [],
    read(cursor, wireType, before) {
      expect(wireType, type, number);
      allowMember(cursor, before.length, MAX_ITEMS);
      const value = type.read(cursor);
      // The first makes a list of its own, which the others are put into: `absent` is shared.
      if (before.length === 0) return [value];
      (before as T[]).push(value);
      return before;
    },
    write(writer, values) {
      for (const value of values) {
        writeTag(writer, number, type.wireType);
        type.write(writer, value);
      }
    },
  };
}

/** Any number of numbers, packed as proto3 has it, or one by one, which a reader must take too. */
export function packed<T>(number: number, type: Type<T>): Field<readonly T[]> {
  return {
    number,
    absent: [],
    read(cursor, wireType, before) {
      const values = before.length === 0 ? [] : (before as T[]);
      const add = (from: Cursor) => {
        allowMember(cursor, values.length, MAX_ITEMS);
        values.push(type.read(from));
      };
      if (wireType === type.wireType) add(cursor);
      else {
        if (wireType !== wireTypes.bytes) throw malformed(`field ${number} has the wire type ${wireType}`);
        const inner = createCursor(readBytes(cursor), cursor);
        while (inner.at < inner.bytes.length) add(inner);
      }
      return values;
    },
    write(writer, values) {
      if (values.length === 0) return;
      const inner = createWriter();
      for (const value of values) type.write(inner, value);
      writeTag(writer, number, wireTypes.bytes);
      writeBytes(writer, inner.finish());
    },
  };
}

/** Of equal keys the last counts. */
export function mapOf<T>(number: number, type: Type<T>): Field<ReadonlyMap<string, T>> {
  const entry = defineMessage({ key: one(1, types.text), value: one(2, type) });
  return {
    number,
    absent: new Map(),
    read(cursor, wireType, before) {
      expect(wireType, entry, number);
      allowMember(cursor, before.size, MAX_ITEMS);
      const { key, value } = entry.read(cursor);
      if (before.size === 0) return new Map([[key, value]]);
      (before as Map<string, T>).set(key, value);
      return before;
    },
    write(writer, values) {
      for (const [key, value] of values) {
        writeTag(writer, number, entry.wireType);
        entry.write(writer, { key, value });
      }
    },
  };
}

function expect(wireType: number, { wireType: expected }: Type<unknown>, number: number): void {
  if (wireType !== expected) throw malformed(`field ${number} has the wire type ${wireType}`);
}
