import { type Hdf5File, need, readLength } from './file.ts';

/** A datatype, with numpy's name if numpy has it (specification IV.A.2.d). */
export interface Datatype {
  readonly name: string;
  /** Bytes of an element. */
  readonly size: number;
  readonly text?: 'fixed' | 'variable';
}

const HEAD_BYTES = 8;
const SIGNED = 0x08;
/** Where a float says how many bits its exponent has, behind the head. */
const EXPONENT_SIZE_AT = HEAD_BYTES + 5;

export function parseDatatype(bytes: Buffer): Datatype {
  const head = need(bytes, 0, HEAD_BYTES);
  const flags = head.readUInt8(1);
  const size = head.readUInt32LE(4);
  switch (head.readUInt8(0) & 0x0f) {
    case 0:
      return { name: `${flags & SIGNED ? 'int' : 'uint'}${8 * size}`, size };
    case 1:
      return { name: size === 2 && bytes[EXPONENT_SIZE_AT] === 8 ? 'bfloat16' : `float${8 * size}`, size };
    case 3:
      return { name: `S${size}`, size, text: 'fixed' };
    case 6:
      return { name: 'structured', size };
    case 8:
      return parseEnum(bytes, size);
    case 9:
      return (flags & 0x0f) === 1 ? { name: 'string', size, text: 'variable' } : { name: 'sequence', size };
    default:
      return { name: 'opaque', size };
  }
}

/** Truth values are an enumeration of FALSE and TRUE over a byte. */
function parseEnum(bytes: Buffer, size: number): Datatype {
  const isBoolean = size === 1 && bytes.includes('FALSE\u0000') && bytes.includes('TRUE\u0000');
  const base = parseDatatype(bytes.subarray(HEAD_BYTES));
  return { name: isBoolean ? 'bool' : base.name, size };
}

/** Sizes of the axes; undefined for an empty dataset. Without axes it is one element. */
export function parseDataspace(file: Hdf5File, bytes: Buffer): number[] | undefined {
  const head = need(bytes, 0, 4);
  const version = head.readUInt8(0);
  const rank = head.readUInt8(1);
  if (version === 2 && head.readUInt8(3) === 2) return undefined;
  const start = version === 1 ? 8 : 4;
  return Array.from({ length: rank }, (_, axis) => readLength(file, bytes, start + axis * file.lengthBytes));
}
