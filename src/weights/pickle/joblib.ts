/**
 * joblib writes an array as an object with its shape and dtype, followed by the bytes of the array, in the middle of
 * the pickle (joblib/numpy_pickle.py, NumpyArrayWrapper).
 */
import { Malformed } from '../../core/documents/malformed.ts';
import { OverLimit } from '../reading/budget.ts';
import { readDtype } from '../reading/numpy-dtype.ts';
import type { Window } from '../reading/window.ts';
import { type Call, isCall, isGlobal, isTuple, type Value } from './values.ts';

/** Structured dtypes of real models are two or three deep. */
const MAX_DTYPE_DEPTH = 32;
const WRAPPER = 'joblib.numpy_pickle.NumpyArrayWrapper';

/** An array whose bytes follow. */
export interface RawArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Undefined for an object array, which is a pickle of its own. */
  readonly bytes: number | undefined;
  /** A byte with the length of padding comes before the bytes. */
  readonly isAligned: boolean;
}

export function isRawArrayObject(value: Value | undefined): value is Call {
  return isCall(value) && isGlobal(value.callee) && value.callee.path === WRAPPER;
}

/** The array that begins behind the BUILD of this value; undefined for everything else. Throws Malformed for one that cannot be. */
export function findRawArray(value: Value | undefined, offset: number): RawArray | undefined {
  if (!isRawArrayObject(value)) return undefined;
  const state = readState(value);
  const tuple = state.get('shape');
  const sizes = isTuple(tuple) ? tuple.items : undefined;
  const descr = readDescr(state.get('dtype'));
  if (sizes === undefined || descr === undefined || !sizes.every(isSize))
    throw new Malformed('a joblib array has no readable shape and dtype', offset);
  const shape = sizes.map(Number);
  const { name, itemBytes } = hidesObjects(state.get('dtype')) ? OBJECTS : readDtype(descr);
  const elements = shape.reduce((product, size) => product * size, 1);
  return {
    shape,
    dtype: name,
    bytes: itemBytes === undefined ? undefined : elements * itemBytes,
    isAligned: typeof state.get('numpy_array_alignment_bytes') === 'number',
  };
}

/** Moves to the end of an array's bytes; for an object array only to the start of its pickle. */
export async function skipRawArray({ bytes, isAligned }: RawArray, window: Window, offset: number): Promise<void> {
  if (bytes === undefined) return;
  let length = bytes;
  if (isAligned) {
    await window.fill(1);
    if (window.remaining < 1) throw new Malformed('the file ends before a joblib array', offset);
    length += window.byte();
  }
  if (length > window.remaining) {
    if (window.isCut) throw new OverLimit('it is longer than what was unpacked of it', offset);
    throw new Malformed(`an array of joblib has ${length} bytes, and ${window.remaining} are left`, offset);
  }
  window.position += length;
}

function readState({ state }: Call): ReadonlyMap<Value, Value> {
  const items = typeof state === 'object' && state?.kind === 'dict' ? state.items : [];
  const entries = new Map<Value, Value>();
  for (let at = 0; at + 1 < items.length; at += 2) entries.set(items[at] ?? null, items[at + 1] ?? null);
  return entries;
}

/** numpy.dtype('f8', False, True), whose state has the byte order; without one the size is the same. */
function readDescr(value: Value | undefined): string | undefined {
  if (!isCall(value) || !isGlobal(value.callee) || value.callee.path !== 'numpy.dtype') return undefined;
  const [descr] = value.args;
  return typeof descr === 'string' ? descr : undefined;
}

const OBJECTS = { name: 'object', itemBytes: undefined };
/** Index of the flags in the state of a dtype, and the flag that means object elements. */
const FLAGS_AT = 7;
const HAS_OBJECTS = 0x01;

/** The state defines a dtype: fields with objects, or the flag alone, which numpy trusts. */
function hidesObjects(value: Value | undefined): boolean {
  if (!isCall(value)) return false;
  const { state } = value;
  if (state === undefined) return false;
  if (!isTuple(state)) return true;
  const flags = state.items[FLAGS_AT];
  const isFlagged = flags !== undefined && (typeof flags !== 'number' || (flags & HAS_OBJECTS) !== 0);
  return isFlagged || holdsObjects(state);
}

/** Whether an object dtype is anywhere in a state; one that is nested too deeply counts as one. */
function holdsObjects(value: Value | undefined, depth = 0): boolean {
  if (depth > MAX_DTYPE_DEPTH) return true;
  if (isCall(value)) return !isPlainDtype(value) || hidesObjects(value);
  if (typeof value !== 'object' || value === null || !('items' in value)) return false;
  return value.items.some((item) => holdsObjects(item, depth + 1));
}

function isPlainDtype(value: Call): boolean {
  const descr = readDescr(value);
  return descr !== undefined && !readDtype(descr).isObject;
}

function isSize(value: Value): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
