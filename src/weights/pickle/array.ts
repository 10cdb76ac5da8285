import { isCall, isGlobal, isTuple, type Value } from './values.ts';

/** What a pickle says of a numpy array: enough to find its bytes and to list it. */
export interface PickledArray {
  /** numpy's name: float32, int64, object, … */
  readonly dtype: string;
  /** Of one element; undefined where elements are Python objects. */
  readonly itemBytes: number | undefined;
  readonly shape: readonly number[];
}

const RECONSTRUCT = /^numpy\.(core|_core)\.multiarray\._reconstruct$/;
const FROM_BUFFER = /^numpy\.(core|_core)\.numeric\._frombuffer$/;
const SCALAR = /^numpy\.(core|_core)\.multiarray\.scalar$/;

/** The array that a call of numpy's own functions builds (numpy's `ndarray.__reduce__` and `__reduce_ex__`). */
export function findPickledArray(value: Value): PickledArray | undefined {
  if (!isCall(value) || !isGlobal(value.callee)) return undefined;
  const { path } = value.callee;
  if (RECONSTRUCT.test(path) && isTuple(value.state)) return toArray(value.state.items[1], value.state.items[2]);
  if (FROM_BUFFER.test(path)) return toArray(value.args[2], value.args[1]);
  if (SCALAR.test(path)) return toArray({ kind: 'tuple', items: [] }, value.args[0]);
  return undefined;
}

export function toArray(shape: Value | undefined, dtype: Value | undefined): PickledArray | undefined {
  const dims = isTuple(shape) && shape.items.every(isCount) ? (shape.items as number[]) : undefined; // just tested
  const type = readDtype(dtype);
  return dims && type && { ...type, shape: dims };
}

function isCount(value: Value): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const kinds: Readonly<Record<string, string>> = { f: 'float', i: 'int', u: 'uint', c: 'complex' };
const DTYPE_CLASS = /^numpy\.dtypes\.(Float|Int|UInt|Complex)([0-9]+)DType$/;
/** Bit 0 of a dtype's flags: elements hold references (NPY_ITEM_REFCOUNT). */
const HAS_OBJECTS = 1;

/** `dtype('f8', False, True)` with the state that BUILD gives it; undefined for what only numpy itself could tell. */
function readDtype(value: Value | undefined): Omit<PickledArray, 'shape'> | undefined {
  if (!isCall(value) || !isGlobal(value.callee)) return undefined;
  const named = DTYPE_CLASS.exec(value.callee.path);
  if (named) {
    const bits = Number(named[2]);
    return { dtype: `${named[1]?.toLowerCase()}${bits}`, itemBytes: bits / 8 };
  }
  const [code] = value.args;
  const parsed = typeof code === 'string' ? /^[<>|=]?([a-zA-Z?])([0-9]*)$/.exec(code) : null;
  if (value.callee.path !== 'numpy.dtype' || !parsed) return undefined;
  const [, kind = '', digits = ''] = parsed;
  const state = isTuple(value.state) ? value.state.items : [];
  const flags = state[7] ?? 0;
  if (kind === 'O' || (typeof flags === 'number' && flags & HAS_OBJECTS))
    return { dtype: 'object', itemBytes: undefined };
  return describe(kind, Number(digits), state[5]);
}

function describe(kind: string, width: number, stated: Value | undefined): Omit<PickledArray, 'shape'> | undefined {
  if (kind === 'b' || kind === '?') return { dtype: 'bool', itemBytes: 1 };
  const numeric = kinds[kind];
  if (numeric) return width > 0 ? { dtype: `${numeric}${width * 8}`, itemBytes: width } : undefined;
  if (kind === 'M' || kind === 'm') return { dtype: kind === 'M' ? 'datetime64' : 'timedelta64', itemBytes: 8 };
  // Text and structures are as wide as their state says; older numpys write the width there only.
  const itemBytes = typeof stated === 'number' && stated >= 0 ? stated : kind === 'U' ? width * 4 : width;
  if (kind === 'V') return { dtype: 'structured', itemBytes };
  return kind === 'U' || kind === 'S' ? { dtype: kind === 'U' ? 'str' : 'bytes', itemBytes } : undefined;
}
