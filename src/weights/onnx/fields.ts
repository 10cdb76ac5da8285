import { Malformed } from '../../core/documents/malformed.ts';
import { many, text } from '../protobuf/fields.ts';
import { type Field, type Fields, message } from '../protobuf/walk.ts';
import type { EntryDraft, OnnxSink } from './draft.ts';

/** Builders that keep the tables of `*-messages.ts` at one line a field. */

/** Dimensions of one tensor. More than 64 has never been seen; runtimes stop there or earlier. */
const MAX_RANK = 1024;

export type Sunk = { readonly sink: OnnxSink };

/** A message that gives no facts, walked to check its form. */
export function walked(fields: () => Fields<Sunk>): Field<Sunk> {
  return message(fields, (parent) => parent);
}

export const varints: Field<unknown> = { kind: 'numbers', width: 0, put() {} };

export function dims<T extends { dims: bigint[] }>(): Field<T> {
  return {
    kind: 'integer',
    put(target, value, offset) {
      if (target.dims.length >= MAX_RANK) throw new Malformed(`a tensor has more than ${MAX_RANK} dimensions`, offset);
      target.dims.push(value);
    },
  };
}

/** StringStringEntryProto. */
const entryFields: Fields<EntryDraft> = { 1: text('key'), 2: text('value') };

export function entries<T extends Sunk>(list: (target: T) => EntryDraft[]): Field<T> {
  return many(
    list,
    () => entryFields,
    ({ sink }) => ({ sink, key: '', value: '' }),
    ({ sink, key, value }) => sink.budget.spend(key.length + value.length, 0),
  );
}

export const walkedEntries: Field<Sunk> = walked(() => ({}));
