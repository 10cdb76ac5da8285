import type { JsonReader } from '../../core/documents/strict-json.ts';
import type { Budget } from '../reading/budget.ts';
import type { SafetensorsDtype } from './dtypes.ts';
import { findSafetensorsDtype } from './dtypes.ts';

/** The content of a safetensors JSON header, tensor by tensor, before the offsets are checked together. */
export interface Header {
  readonly metadata: Map<string, string>;
  readonly tensors: HeaderTensor[];
  /** Keys outside the format, which the library ignores. */
  readonly unknownKeys: Set<string>;
}

export interface HeaderTensor {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly bigint[];
  /** Bytes from the start of the data section. */
  readonly begin: bigint;
  readonly end: bigint;
  /** Offset in the header. */
  readonly at: number;
}

/** Tensors of rank past this have never been seen; it bounds one entry. */
const MAX_RANK = 1024;

export function readHeader(json: JsonReader, budget: Budget): Header {
  const header: Header = { metadata: new Map(), tensors: [], unknownKeys: new Set() };
  json.object((name, at) => {
    budget.spend(name.length, at);
    if (name === '__metadata__') readMetadata(json, header.metadata, budget);
    else header.tensors.push(readTensor(json, name, at, header.unknownKeys, budget));
  });
  json.end();
  return header;
}

/** Text to text; null for none. */
function readMetadata(json: JsonReader, metadata: Map<string, string>, budget: Budget): void {
  if (json.peek() === 'literal') {
    if (json.literal() !== 'null') json.fail('__metadata__ must be an object');
    return;
  }
  json.object((key, at) => {
    const value = json.string();
    budget.spend(key.length + value.length, at);
    metadata.set(key, value);
  });
}

function readTensor(
  json: JsonReader,
  name: string,
  at: number,
  unknownKeys: Set<string>,
  budget: Budget,
): HeaderTensor {
  let dtype: SafetensorsDtype | undefined;
  let shape: bigint[] | undefined;
  let offsets: bigint[] | undefined;
  json.object((key, keyAt) => {
    if (key === 'dtype') dtype = readDtype(json);
    else if (key === 'shape') shape = readNumbers(json, MAX_RANK, 'shape');
    else if (key === 'data_offsets') offsets = readNumbers(json, 2, 'data_offsets');
    else {
      if (!unknownKeys.has(key)) budget.spend(key.length, keyAt);
      unknownKeys.add(key);
      json.skip();
    }
  });
  const [begin, end] = offsets ?? [];
  if (!dtype) json.fail(`tensor ${JSON.stringify(name)} has no dtype`, at);
  if (!shape) json.fail(`tensor ${JSON.stringify(name)} has no shape`, at);
  if (begin === undefined || end === undefined)
    json.fail(`tensor ${JSON.stringify(name)} has no data_offsets of two numbers`, at);
  return { name, dtype, shape, begin, end, at };
}

function readDtype(json: JsonReader): SafetensorsDtype {
  const at = json.offset;
  const code = json.string();
  return findSafetensorsDtype(code) ?? json.fail(`${JSON.stringify(code)} is not a safetensors dtype`, at);
}

function readNumbers(json: JsonReader, most: number, what: string): bigint[] {
  const numbers: bigint[] = [];
  json.array(() => {
    if (numbers.length === most) json.fail(`${what} has more than ${most} numbers`);
    numbers.push(json.unsigned());
  });
  return numbers;
}
