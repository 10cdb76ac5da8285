import { type Call, isCall, isGlobal, type Value } from '../pickle/values.ts';
import type { TorchTensorFacts } from '../reading/facts.ts';
import { quote } from '../reading/problem.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { itemBytes } from './dtypes.ts';
import { bytesOf, countOf, findStrided, lastElement, retype, type StorageReference } from './rebuild.ts';

export interface CollectedTensors {
  readonly tensors: TorchTensorFacts[];
  /** Elements of all storages that tensors use, each storage once, however often it is shared. */
  readonly parameters: number;
  readonly storages: ReadonlyMap<string, StorageReference>;
  /** Tensors that do not fit their storage, as messages. */
  readonly misfits: readonly string[];
}

/** Maximum tensors listed; beyond it only the count matters, and a file could repeat one for ever. */
const MAX_TENSORS = 200_000;
/** Maximum messages about tensors that do not fit; more add nothing new. */
const MAX_MISFITS = 100;
/** Names are joined keys: `model.layer1.0.weight`. */
const MAX_NAME = 1024;
/** Types that are called with a list of their pairs: Python 2 writes an OrderedDict so. */
const MAPPINGS = new Set(['collections.OrderedDict', 'collections.defaultdict', 'builtins.dict']);
/** Keys of nn.Module's state that are not part of its own names. */
const MODULE_KEYS = new Set(['_parameters', '_buffers', '_modules']);

/**
 * All tensors in the value of a checkpoint's pickle, named by the keys that lead to them. Iterative: the file decides
 * the nesting.
 */
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
    for (const child of childrenOf(value, name).reverse()) pending.push(child);
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
    case 'call': {
      const state: [Value, string][] = value.state === undefined ? [] : [[value.state, name]];
      const given = value.args.flatMap((item): [Value, string][] => pairsGiven(value, item, name) ?? [[item, name]]);
      return [...given, ...pairs(value.items, name), ...state];
    }
    default:
      return [];
  }
}

/** The pairs of a mapping; undefined if the argument is not a list of pairs. */
function pairsGiven({ callee }: Call, argument: Value, name: string): [Value, string][] | undefined {
  if (!isGlobal(callee) || !MAPPINGS.has(callee.path)) return undefined;
  const items = sequenceOf(argument)?.map(sequenceOf);
  if (items?.every((item) => item?.length === 2) !== true) return undefined;
  return pairs(
    items.flatMap((item) => item ?? []),
    name,
  );
}

function sequenceOf(value: Value): readonly Value[] | undefined {
  const isSequence = typeof value === 'object' && (value?.kind === 'list' || value?.kind === 'tuple');
  return isSequence ? value.items : undefined;
}

function pairs(items: readonly Value[], name: string): [Value, string][] {
  const children: [Value, string][] = [];
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = [items[i], items[i + 1]];
    if (key !== undefined && value !== undefined) children.push([value, join(name, key)]);
  }
  return children;
}

function join(name: string, key: Value): string {
  if (typeof key === 'object' || typeof key === 'boolean') return name;
  if (typeof key === 'string' && MODULE_KEYS.has(key)) return name;
  return (name ? `${name}.${key}` : String(key)).slice(0, MAX_NAME);
}

class TensorCollector {
  readonly #tensors: TorchTensorFacts[] = [];
  readonly #storages = new Map<string, StorageReference>();
  readonly #misfits: string[] = [];

  /** True if the call makes a tensor, valid or not. */
  add(call: Call, name: string): boolean {
    const strided = findStrided(call);
    if (!strided) return false;
    if (this.#tensors.length >= MAX_TENSORS) return true;
    const { storage, offset, shape, stride } = strided;
    const dtype = strided.dtype ?? storage?.dtype;
    const label = name || 'without a name';
    if (!storage || !shape || !stride || offset === undefined || !dtype || shape.length !== stride.length) {
      this.#misfit(`Tensor ${quote(label)} has no valid storage, offset, size and stride.`);
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
    // An untyped storage counts bytes; its first tensor gives the dtype.
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
