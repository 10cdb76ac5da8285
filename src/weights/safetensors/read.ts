import { isUtf8 } from 'node:buffer';
import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { JsonReader } from '../../core/documents/strict-json.ts';
import { Budget } from '../reading/budget.ts';
import type { SafetensorsFacts } from '../reading/facts.ts';
import { Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { type Header, type HeaderTensor, readHeader } from './header.ts';

/** The length of the header comes first, as a little-endian u64. */
const PREFIX_BYTES = 8;
/** The limit of the reference library, against headers that would fill the memory. */
const MAX_HEADER_BYTES = 100_000_000;
/** The library computes sizes in 64 bits and refuses what overflows. */
const MAX_U64 = 2n ** 64n - 1n;

/** Facts of a safetensors file, by every rule of the reference library; only the header is read. */
export async function readSafetensors(source: ByteSource): Promise<WeightsReading> {
  const problems = new Problems();
  try {
    const { header, dataStart, leadingSpace } = await readHeaderOf(source);
    const ordered = checkLayout(header, source.size - dataStart);
    reportForm(header, leadingSpace, problems);
    return { facts: toFacts(header, ordered, dataStart), detected: 'safetensors', problems: problems.list() };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    problems.add('weights/safetensors-malformed', `The file is not well-formed safetensors: ${error.message}.`, {
      offset: error.offset,
      hint: 'It is truncated or damaged, or its writer is wrong; save or fetch it again.',
    });
    return { facts: undefined, detected: 'safetensors', problems: problems.list() };
  }
}

async function readHeaderOf(source: ByteSource): Promise<{ header: Header; dataStart: number; leadingSpace: boolean }> {
  if (source.size < PREFIX_BYTES)
    throw new Malformed(`${source.size} bytes cannot hold the ${PREFIX_BYTES}-byte header length`, 0);
  const prefix = Buffer.from(await source.read(0, PREFIX_BYTES));
  const length = prefix.readBigUInt64LE();
  if (length > MAX_HEADER_BYTES) throw new Malformed(`a header of ${length} bytes, more than ${MAX_HEADER_BYTES}`, 0);
  const dataStart = PREFIX_BYTES + Number(length);
  if (dataStart > source.size) throw new Malformed(`the header ends at ${dataStart}, the file at ${source.size}`, 0);
  const bytes = await source.read(PREFIX_BYTES, Number(length));
  if (!isUtf8(bytes)) throw new Malformed('the header is not UTF-8', PREFIX_BYTES);
  const header = readHeader(new JsonReader(bytes, PREFIX_BYTES), new Budget());
  return { header, dataStart, leadingSpace: bytes[0] !== 0x7b };
}

/** Tensors in the order of their bytes, which must follow each other from the first to the last byte of the data. */
function checkLayout(header: Header, dataBytes: number): readonly HeaderTensor[] {
  const ordered = [...header.tensors].sort((a, b) => compare(a.begin, b.begin) || compare(a.end, b.end));
  let expected = 0n;
  for (const tensor of ordered) {
    const { name, begin, end, at } = tensor;
    if (begin !== expected || end < begin) {
      throw new Malformed(`tensor ${quote(name)} is at ${begin} to ${end}, but ${expected} is next`, at);
    }
    expected = end;
    const needed = bytesNeeded(tensor);
    if (needed !== end - begin)
      throw new Malformed(`tensor ${quote(name)} needs ${needed} bytes and has ${end - begin}`, at);
  }
  if (expected !== BigInt(dataBytes))
    throw new Malformed(`the tensors have ${expected} bytes, the data ${dataBytes}`, PREFIX_BYTES);
  return ordered;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function bytesNeeded({ name, dtype, shape, at }: HeaderTensor): bigint {
  const overflow = () => new Malformed(`the size of tensor ${quote(name)} overflows 64 bits`, at);
  let elements = 1n;
  for (const dim of shape) {
    elements *= dim;
    if (elements > MAX_U64) throw overflow();
    // Next to a dimension of 0 the library allows any number; JSON could not store one that large.
    if (dim > Number.MAX_SAFE_INTEGER) throw new Malformed(`tensor ${quote(name)} has the dimension ${dim}`, at);
  }
  const bits = elements * dtype.bits;
  if (bits > MAX_U64) throw overflow();
  if (bits % 8n !== 0n) throw new Malformed(`tensor ${quote(name)} (${dtype.name}) does not end on a whole byte`, at);
  return bits / 8n;
}

/** What the library accepts and another reader may read differently. */
function reportForm({ unknownKeys }: Header, leadingSpace: boolean, problems: Problems): void {
  if (leadingSpace) {
    problems.add(
      'weights/safetensors-form',
      'The header starts with white space; the format says it starts with "{".',
      { offset: PREFIX_BYTES },
    );
  }
  if (unknownKeys.size > 0) {
    const names = [...unknownKeys].slice(0, 5).map(quote).join(', ');
    problems.add(
      'weights/safetensors-form',
      `Tensors of the header have keys that the format does not know: ${names}.`,
    );
  }
}

function toFacts(header: Header, ordered: readonly HeaderTensor[], dataStart: number): SafetensorsFacts {
  let parameters = 0;
  const tensors = ordered.map(({ name, dtype, shape, begin, end }) => {
    parameters += Number(shape.reduce((product, dim) => product * dim, 1n));
    return {
      name,
      dtype: dtype.name,
      shape: shape.map(Number),
      bytes: Number(end - begin),
      offset: dataStart + Number(begin),
    };
  });
  return { format: 'safetensors', metadata: Object.fromEntries(header.metadata), tensors, parameters };
}
