/**
 * The values of a pickle, as symbols: nothing is imported, called or looked up. Python's None is null, its numbers and
 * strings are ours; the rest are objects. Values are shared, not copied, so a pickle cannot make them grow.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Bytes
  | Sequence
  | Dict
  | GlobalValue
  | Call
  | Persistent
  | Opaque;

/** Bytes of which at most a prefix is kept. */
export interface Bytes {
  readonly kind: 'bytes';
  readonly length: number;
  /** All of them, or undefined when they were too many to keep. */
  readonly bytes: Uint8Array | undefined;
}

export interface Sequence {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: Value[];
}

export interface Dict {
  readonly kind: 'dict';
  /** Key, value, key, value … as they were set. */
  readonly items: Value[];
}

export interface GlobalValue {
  readonly kind: 'global';
  /** `module.name` with Python 2's module names mapped to Python 3's. */
  readonly path: string;
  readonly use: GlobalUse;
}

/** The result of calling something: REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ. */
export interface Call {
  readonly kind: 'call';
  readonly callee: Value;
  readonly args: readonly Value[];
  /** Items that APPEND, SETITEM or their plurals put into it, flat. */
  readonly items: Value[];
  /** What BUILD gave it. */
  state: Value | undefined;
}

/** An object outside the pickle, which the loader finds by this id. */
export interface Persistent {
  readonly kind: 'persistent';
  readonly id: Value;
}

/** A value whose kind matters but not its content: a number with thousands of digits, a long text, a buffer. */
export interface Opaque {
  readonly kind: 'opaque';
}

export const opaque: Opaque = { kind: 'opaque' };

/** A global that a pickle names, and its use; one entry for each path and pickle. */
export interface GlobalUse {
  readonly path: string;
  /** The spelling in the pickle, if it differs. */
  readonly spelled: string;
  /** Offset of its first use. */
  readonly offset: number;
  /** It was called as a function (REDUCE, INST, OBJ). */
  called: boolean;
  /** Only its `__new__` was (NEWOBJ, NEWOBJ_EX). */
  created: boolean;
}

export function isTuple(value: Value | undefined): value is Sequence {
  return typeof value === 'object' && value !== null && value.kind === 'tuple';
}

export function isCall(value: Value | undefined): value is Call {
  return typeof value === 'object' && value !== null && value.kind === 'call';
}

export function isGlobal(value: Value | undefined): value is GlobalValue {
  return typeof value === 'object' && value !== null && value.kind === 'global';
}
