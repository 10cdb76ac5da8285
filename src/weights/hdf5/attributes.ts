import { Malformed } from '../../core/documents/malformed.ts';
import { type Hdf5File, need, readAddress, readLength } from './file.ts';
import { type Datatype, parseDatatype } from './types.ts';

/** The configuration of a Keras model may have some megabytes. */
const MAX_TEXT_BYTES = 16 * 1024 ** 2;

/** The text of an attribute with a single text; undefined for every other kind of value (specification IV.A.2.m). */
export async function readTextAttribute(
  file: Hdf5File,
  bytes: Buffer,
): Promise<{ name: string; value: string } | undefined> {
  const version = need(bytes, 0, 8).readUInt8(0);
  const [nameBytes, typeBytes, spaceBytes] = [bytes.readUInt16LE(2), bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
  // The first version pads each part to eight bytes; the third has the name's character set before it.
  const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const nameAt = version === 3 ? 9 : 8;
  const typeAt = nameAt + padded(nameBytes);
  const dataAt = typeAt + padded(typeBytes) + padded(spaceBytes);
  const type = parseDatatype(need(bytes, typeAt, typeBytes));
  const rank = need(bytes, typeAt + padded(typeBytes), 2).readUInt8(1);
  if (type.text === undefined || rank > 0) return undefined;
  const name = trim(need(bytes, nameAt, nameBytes));
  return { name, value: trim(await readText(file, type, bytes.subarray(dataAt))) };
}

async function readText(file: Hdf5File, { text, size }: Datatype, data: Buffer): Promise<Buffer> {
  if (text === 'fixed') return need(data, 0, size);
  const length = need(data, 0, 4).readUInt32LE();
  if (length === 0) return Buffer.alloc(0);
  const index = need(data, 4 + file.addressBytes, 4).readUInt32LE();
  return need(await readHeapObject(file, readAddress(file, data, 4), index), 0, length);
}

/** An object of a collection on the global heap, found by its number (specification III.E). */
async function readHeapObject(file: Hdf5File, address: number, wanted: number): Promise<Buffer> {
  const { pages, base, lengthBytes } = file;
  const at = base + address;
  const head = Buffer.from(await pages.read(at, 8 + lengthBytes));
  if (head.toString('latin1', 0, 4) !== 'GCOL') throw new Malformed('the text of an attribute is missing', at);
  const end = at + readLength(file, head, 8);
  for (let next = at + 8 + lengthBytes; next + 8 + lengthBytes <= end; ) {
    const object = Buffer.from(await pages.read(next, 8 + lengthBytes));
    const size = readLength(file, object, 8);
    const index = object.readUInt16LE(0);
    if (index === wanted) {
      if (size > MAX_TEXT_BYTES) throw new Malformed(`an attribute has ${size} bytes`, next);
      return Buffer.from(await pages.read(next + 8 + lengthBytes, size));
    }
    // Number 0 is free space.
    if (index === 0) break;
    next += 8 + lengthBytes + Math.ceil(size / 8) * 8;
  }
  throw new Malformed('the text of an attribute is not in its collection', at);
}

function trim(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}
