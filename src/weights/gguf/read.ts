import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import type { GgufFacts, TensorFacts } from '../reading/facts.ts';
import { countElementsOf, readNamed } from '../reading/named.ts';
import { type Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { Window } from '../reading/window.ts';
import { findGgmlType } from './types.ts';
import { GgufReader, type GgufValue } from './values.ts';

const MAGIC_BYTES = 4;
/** The three versions so far; a file of the other byte order has its number in the high bytes. */
const NEWEST_VERSION = 3;
/** llama.cpp's own limit. */
const MAX_RANK = 4;
/** A tensor's description has at least a name's length, a rank, a type and an offset; a pair of the metadata a length, a type and a byte. */
const LEAST_TENSOR_BYTES = 24;
const LEAST_PAIR_BYTES = 13;
const DEFAULT_ALIGNMENT = 32;

/** Facts of a GGUF file from its header; tensor data is not read. */
export function readGguf(source: ByteSource): Promise<WeightsReading> {
  return readNamed('gguf', async (problems) => {
    const window = new Window(source, MAGIC_BYTES);
    const reader = new GgufReader(window, await isLittleEndian(source));
    const version = await reader.u32();
    if (version < 1 || version > NEWEST_VERSION) throw new Malformed(`its version is ${version}`, MAGIC_BYTES);
    if (version === 1) return { format: 'gguf', version, byteOrder: 'little', metadata: {}, tensors: [] };
    const [tensorCount, pairCount] = [await reader.u64(), await reader.u64()];
    if (tensorCount * LEAST_TENSOR_BYTES + pairCount * LEAST_PAIR_BYTES > window.remaining)
      throw new Malformed(`its header says ${tensorCount} tensors and ${pairCount} values`, window.position);
    const metadata = await readMetadata(reader, pairCount);
    const tensors = await readTensors(reader, tensorCount);
    checkData(tensors, metadata, window.position, source.size, problems);
    return toFacts(version, reader, metadata, tensors);
  });
}

async function isLittleEndian(source: ByteSource): Promise<boolean> {
  if (source.size < 2 * MAGIC_BYTES) throw new Malformed('the file ends inside its header', source.size);
  const [low = 0, high = 0] = await source.read(MAGIC_BYTES, 2);
  return low !== 0 || high !== 0;
}

async function readMetadata(reader: GgufReader, count: number): Promise<Map<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const key = await reader.name();
    if (metadata.has(key)) throw new Malformed(`the key ${quote(key)} occurs twice`, reader.window.position);
    metadata.set(key, await reader.value());
  }
  return metadata;
}

interface GgufTensor extends TensorFacts {
  readonly shape: number[];
  /** From the start of the data. */
  readonly begin: number;
}

async function readTensors(reader: GgufReader, count: number): Promise<GgufTensor[]> {
  const tensors: GgufTensor[] = [];
  for (let index = 0; index < count; index++) {
    const name = await reader.name();
    const rank = await reader.u32();
    if (rank > MAX_RANK)
      throw new Malformed(
        `tensor ${quote(name)} has ${rank} dimensions, more than ${MAX_RANK}`,
        reader.window.position,
      );
    const sizes: number[] = [];
    for (let axis = 0; axis < rank; axis++) sizes.push(await reader.u64());
    const number = await reader.u32();
    const begin = await reader.u64();
    const type = findGgmlType(number);
    // ggml counts axes from the innermost.
    const shape = sizes.reverse();
    const bytes = type && Math.ceil(countElementsOf(shape) / type.elements) * type.bytes;
    tensors.push({ name, dtype: type?.name ?? `type ${number}`, shape, ...(bytes !== undefined && { bytes }), begin });
  }
  return tensors;
}

/** Data starts at the first multiple of the alignment after the descriptions. */
function checkData(
  tensors: readonly GgufTensor[],
  metadata: ReadonlyMap<string, GgufValue>,
  headerEnd: number,
  size: number,
  problems: Problems,
): void {
  const given = metadata.get('general.alignment');
  const alignment = typeof given === 'number' && given > 0 ? given : DEFAULT_ALIGNMENT;
  const dataStart = Math.ceil(headerEnd / alignment) * alignment;
  for (const { name, begin, bytes = 0 } of tensors) {
    const end = dataStart + begin + bytes;
    if (end <= size) continue;
    problems.add('weights/malformed', `Tensor ${quote(name)} ends at ${end}, but the file has ${size} bytes.`, {
      hint: 'The file is truncated; fetch it again.',
    });
  }
}

function toFacts(
  version: number,
  { littleEndian }: GgufReader,
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): GgufFacts {
  const architecture = metadata.get('general.architecture');
  return {
    format: 'gguf',
    version,
    byteOrder: littleEndian ? 'little' : 'big',
    ...(typeof architecture === 'string' && { architecture }),
    metadata: Object.fromEntries(metadata),
    tensors: tensors.map(({ begin, ...tensor }) => tensor),
    parameters: Math.min(
      Number.MAX_SAFE_INTEGER,
      tensors.reduce((sum, { shape }) => sum + countElementsOf(shape), 0),
    ),
  };
}
