import { storageDtypes } from '../pickle/globals.ts';
import { type Call, isCall, isGlobal, isTuple, type Value } from '../pickle/values.ts';
import { itemBytes } from './dtypes.ts';

/** The arguments of torch's own functions that describe a tensor (torch/_utils.py). */

/** A storage as persistent ids describe it: ('storage', type, key, location, number of elements[, view]). */
export interface StorageReference {
  readonly key: string;
  /** Of the elements; an untyped storage counts bytes. */
  readonly dtype: string;
  readonly elements: number;
  readonly location: string;
}

export function bytesOf(storage: StorageReference): number {
  return storage.elements * (itemBytes(storage.dtype) ?? 1);
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function retype(storage: StorageReference, dtype: string): StorageReference {
  const width = itemBytes(dtype);
  return width && bytesOf(storage) % width === 0 ? { ...storage, dtype, elements: bytesOf(storage) / width } : storage;
}

export interface Strided {
  readonly storage: StorageReference | undefined;
  readonly offset: number | undefined;
  readonly shape: readonly number[] | undefined;
  readonly stride: readonly number[] | undefined;
  readonly dtype?: string;
}

const REBUILD = /^torch\._utils\._rebuild_(tensor|tensor_v2|tensor_v3|qtensor)$/;
const LEGACY_TENSOR = /^torch\.(cuda\.)?[A-Za-z0-9]+Tensor$/;

/** torch/_utils.py, the rebuild functions; and the tensor classes of torch 0.x with their state. */
export function findStrided({ callee, args, state }: Call): Strided | undefined {
  if (!isGlobal(callee)) return undefined;
  if (REBUILD.test(callee.path)) {
    const named = callee.path.endsWith('_v3') ? dtypeOf(args[6]) : undefined;
    return toStrided(args, named);
  }
  if (LEGACY_TENSOR.test(callee.path) && isTuple(state) && state.items.length === 4)
    return toStrided(state.items, undefined);
  // func, type, args, state: the function it calls, with its arguments in place.
  if (/^torch\._tensor\._rebuild_from_type(_v2)?$/.test(callee.path) && isTuple(args[2]) && args[0] !== undefined) {
    return findStrided({ kind: 'call', callee: args[0], args: args[2].items, items: [], state: undefined });
  }
  return undefined;
}

function toStrided([storage, offset, shape, stride]: readonly Value[], dtype: string | undefined): Strided {
  return {
    storage: toStorage(storage),
    offset: isCount(offset) ? offset : undefined,
    shape: toCounts(shape),
    stride: toCounts(stride),
    ...(dtype ? { dtype } : {}),
  };
}

function dtypeOf(value: Value | undefined): string | undefined {
  return isGlobal(value) && /^torch\.[a-z0-9_]+$/.test(value.path) ? value.path.slice('torch.'.length) : undefined;
}

function isCount(value: Value | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function toCounts(value: Value | undefined): number[] | undefined {
  // torch.Size((2, 3)) is a call with the tuple as its argument.
  if (isCall(value)) return toCounts(value.args[0]);
  return isTuple(value) && value.items.every(isCount) ? value.items : undefined;
}

function toStorage(value: Value | undefined): StorageReference | undefined {
  if (typeof value !== 'object' || value === null || value.kind !== 'persistent' || !isTuple(value.id))
    return undefined;
  const [tag, type, key, location, elements] = value.id.items;
  if (
    tag !== 'storage' ||
    !isGlobal(type) ||
    (typeof key !== 'string' && typeof key !== 'number') ||
    !isCount(elements)
  )
    return undefined;
  const className = type.path.slice(type.path.lastIndexOf('.') + 1);
  const dtype = className === 'UntypedStorage' ? 'uint8' : storageDtypes[className];
  return dtype === undefined ? undefined : { key: String(key), dtype, elements, location: String(location) };
}

/** Index of the last element of a view, in elements of its storage; undefined for an empty view. */
export function lastElement(shape: readonly number[], stride: readonly number[], offset: number): number | undefined {
  let last = offset;
  for (const [axis, dim] of shape.entries()) {
    if (dim === 0) return undefined;
    last += (dim - 1) * (stride[axis] ?? 0);
  }
  return last;
}
