import { type Field, type Fields, message } from './walk.ts';

/** Builders that keep a table of fields at one line a field. */

type KeyOf<T, V> = { [K in keyof T]-?: V extends T[K] ? K : never }[keyof T];

/** A string kept under `key`. */
export function text<T>(key: KeyOf<T, string>): Field<T> {
  return { kind: 'text', put: (target, value) => assign(target, key, value) };
}

/** A number kept under `key`; the last one wins. */
export function integer<T>(key: KeyOf<T, bigint>): Field<T> {
  return { kind: 'integer', put: (target, value) => assign(target, key, value) };
}

/** The same of a field that the schema calls int32 or an enum: protobuf keeps the low 32 bits of what is written. */
export function int32<T>(key: KeyOf<T, bigint>): Field<T> {
  return { kind: 'integer', put: (target, value) => assign(target, key, BigInt.asIntN(32, value)) };
}

function assign<T>(target: T, key: keyof T, value: unknown): void {
  target[key] = value as T[keyof T]; // KeyOf chose a key that takes this type
}

/** A singular message kept under `key`: a second one merges into the first, as protobuf does. */
export function one<T, U>(key: KeyOf<T, U>, fields: () => Fields<U>, create: (parent: T) => U): Field<T> {
  return message(fields, (parent) => {
    parent[key] ??= create(parent) as T[KeyOf<T, U>]; // KeyOf chose a key that takes this type
    return parent[key] as U;
  });
}

/** A repeated message kept in a list. */
export function many<T, U>(
  list: (parent: T) => U[],
  fields: () => Fields<U>,
  create: (parent: T) => U,
  close?: (child: U) => void,
): Field<T> {
  return message(
    fields,
    (parent) => {
      const child = create(parent);
      list(parent).push(child);
      return child;
    },
    close,
  );
}
