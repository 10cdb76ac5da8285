import type { TorchTensorFacts } from '../facts.ts';
import { storageDtypes } from '../pickle/globals.ts';
import { type Call, isCall, isGlobal, isTuple, type Value } from '../pickle/values.ts';
import { quote } from '../problem.ts';
import { toSafeNumber } from '../safe-number.ts';
import { itemBytes } from './dtypes.ts';

/** A storage as persistent ids describe it: ('storage', type, key, location, number of elements[, view]). */
export interface StorageReference {
  readonly key: string;
  /** Of the elements; an untyped storage counts bytes. */
  readonly dtype: string;
  readonly elements: number;
  readonly location: string;
}

export interface CollectedTensors {
  readonly tensors: TorchTensorFacts[];
  /** Elements of all storages that tensors use, each storage once: what is stored, however often it is shared. */
  readonly parameters: number;
  readonly storages: ReadonlyMap<string, StorageReference>;
  /** Tensors that do not fit their storage, in words. */
  readonly misfits: readonly string[];
}

/** Tensors listed; above it only the count would matter, and a file could repeat one for ever. */
const MAX_TENSORS = 200_000;
/** Tensors that do not fit, in words; more say nothing new. */
const MAX_MISFITS = 100;
/** Names are joined keys: `model.layer1.0.weight`. */
const MAX_NAME = 1024;
/** Keys of nn.Module's state that its own names leave out. */
const MODULE_KEYS = new Set(['_parameters', '_buffers', '_modules']);

/** All tensors in what a checkpoint's pickle builds, named by the keys that lead to them. Iterative: nesting is the file's choice. */
export function collectTensors(root: Value): CollectedTensors {
  const collector = new TensorCollector();
  const seen = new Set<Value>();
  const pending: [Value, string][] = [[root, '']];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [value, name] = next;
    if (typeof value !== 'object' || value === null) continue;
    // A tensor under two names is two facts; a container is walked once.
    if (isCall(value) && collector.add(value, name)) continue;
    if (seen.has(value)) continue;
    seen.add(value);
    const children = childrenOf(value, name);
    for (let i = children.length - 1; i >= 0; i--) pending.push(children[i] as [Value, string]); // i < length
  }
  return collector.result();
}

function childrenOf(value: Exclude<Value, null | boolean | number | bigint | string>, name: string): [Value, string][] {
  switch (value.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      return value.items.map((item, index) => [item, join(name, String(index))]);
    case 'dict':
      return pairs(value.items, name);
    case 'call':
      return [
        ...value.args.map((item): [Value, string] => [item, name]),
        ...pairs(value.items, name),
        ...(value.state === undefined ? [] : [[value.state, name] as [Value, string]]),
      ];
    default:
      return [];
  }
}

function pairs(items: readonly Value[], name: string): [Value, string][] {
  const children: [Value, string][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) children.push([items[i + 1] as Value, join(name, items[i] as Value)]); // i + 1 < length
  return children;
}

function join(name: string, key: Value): string {
  if (typeof key === 'object' || typeof key === 'boolean') return name;
  if (typeof key === 'string' && MODULE_KEYS.has(key)) return name;
  return (name ? `${name}.${key}` : String(key)).slice(0, MAX_NAME);
}

/** Where torch's rebuild functions keep what we need among their arguments: storage, offset, size, stride. */
class TensorCollector {
  readonly #tensors: TorchTensorFacts[] = [];
  readonly #storages = new Map<string, StorageReference>();
  readonly #misfits: string[] = [];

  /** True when the call makes a tensor, whether or not it is sound. */
  add(call: Call, name: string): boolean {
    const strided = findStrided(call);
    if (!strided) return false;
    if (this.#tensors.length >= MAX_TENSORS) return true;
    const { storage, offset, shape, stride } = strided;
    const dtype = strided.dtype ?? storage?.dtype;
    const label = name || 'without a name';
    if (!storage || !shape || !stride || offset === undefined || !dtype || shape.length !== stride.length) {
      this.#misfit(`Tensor ${quote(label)} is not described by a storage, an offset, a size and a stride.`);
      return true;
    }
    const width = itemBytes(dtype) ?? 1;
    this.#keepStorage(storage, strided.dtype);
    this.#checkBounds(label, shape, stride, offset, width, bytesOf(storage));
    const bytes = toSafeNumber(countOf(shape) * width);
    this.#tensors.push({
      name,
      dtype,
      shape: [...shape],
      bytes,
      stride: [...stride],
      storage: storage.key,
      storageOffset: offset,
    });
    return true;
  }

  #keepStorage(storage: StorageReference, dtype: string | undefined): void {
    const known = this.#storages.get(storage.key);
    // An untyped storage counts bytes; what its first tensor holds says what they are.
    if (!known) this.#storages.set(storage.key, dtype ? retype(storage, dtype) : storage);
    else if (bytesOf(known) !== bytesOf(storage))
      this.#misfit(`Storage ${quote(storage.key)} is described with two sizes.`);
  }

  #checkBounds(
    label: string,
    shape: readonly number[],
    stride: readonly number[],
    offset: number,
    width: number,
    capacity: number,
  ): void {
    const last = lastElement(shape, stride, offset);
    if (last !== undefined && (last + 1) * width > capacity) {
      this.#misfit(`Tensor ${quote(label)} reaches byte ${(last + 1) * width} of a storage of ${capacity} bytes.`);
    }
    if (!Number.isSafeInteger(countOf(shape) * width))
      this.#misfit(`Tensor ${quote(label)} has more elements than 2^53.`);
  }

  #misfit(text: string): void {
    if (this.#misfits.length < MAX_MISFITS) this.#misfits.push(text);
  }

  result(): CollectedTensors {
    let parameters = 0;
    for (const storage of this.#storages.values()) parameters += storage.elements;
    return {
      tensors: this.#tensors,
      parameters: toSafeNumber(parameters),
      storages: this.#storages,
      misfits: this.#misfits,
    };
  }
}

export function bytesOf(storage: StorageReference): number {
  return storage.elements * (itemBytes(storage.dtype) ?? 1);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

function retype(storage: StorageReference, dtype: string): StorageReference {
  const width = itemBytes(dtype);
  return width && bytesOf(storage) % width === 0 ? { ...storage, dtype, elements: bytesOf(storage) / width } : storage;
}

interface Strided {
  readonly storage: StorageReference | undefined;
  readonly offset: number | undefined;
  readonly shape: readonly number[] | undefined;
  readonly stride: readonly number[] | undefined;
  readonly dtype?: string;
}

const REBUILD = /^torch\._utils\._rebuild_(tensor|tensor_v2|tensor_v3|qtensor)$/;
const LEGACY_TENSOR = /^torch\.(cuda\.)?[A-Za-z0-9]+Tensor$/;

/** torch/_utils.py, the rebuild functions; and the tensor classes of torch 0.x with their state. */
function findStrided({ callee, args, state }: Call): Strided | undefined {
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

export function toStorage(value: Value | undefined): StorageReference | undefined {
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

/** Index of the last element a view touches, in elements of its storage; undefined when it has none. */
function lastElement(shape: readonly number[], stride: readonly number[], offset: number): number | undefined {
  let last = offset;
  for (const [axis, dim] of shape.entries()) {
    if (dim === 0) return undefined;
    last += (dim - 1) * (stride[axis] ?? 0);
  }
  return last;
}
