import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { readDtype, readShape } from '../reading/numpy-dtype.ts';
import { type Literal, parseLiteral } from '../reading/python-literal.ts';

/** What the header of a .npy file says (numpy/lib/format.py, versions 1 to 3). */
export interface NumpyHeader {
  readonly dtype: string;
  /** Bytes of an element; undefined for arrays of objects. */
  readonly itemBytes: number | undefined;
  readonly shape: readonly number[];
  /** Elements are, or may be, Python objects, so the data is a pickle. */
  readonly isObject: boolean;
  /** Offset of the data. */
  readonly dataStart: number;
}

/** numpy reads a header of any length when it is told to load objects; real ones have some hundred bytes. */
const MAX_HEADER_BYTES = 1024 ** 2;
export const NPY_MAGIC = Buffer.from('934e554d5059', 'hex');

export async function readNumpyHeader(source: ByteSource): Promise<NumpyHeader> {
  if (source.size < 10) throw new Malformed(`${source.size} bytes are too few for a header`, 0);
  const prefix = Buffer.from(await source.read(0, Math.min(12, source.size)));
  if (!prefix.subarray(0, 6).equals(NPY_MAGIC)) throw new Malformed('it does not start as a .npy file', 0);
  const version = prefix[6] ?? 0;
  if (version < 1 || version > 3 || (version > 1 && prefix.length < 12))
    throw new Malformed(`version ${version} of the format does not exist`, 6);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? prefix.readUInt16LE(8) : prefix.readUInt32LE(8);
  if (length > MAX_HEADER_BYTES || start + length > source.size)
    throw new Malformed(`a header of ${length} bytes does not fit`, 8);
  const text = Buffer.from(await source.read(start, length)).toString(version === 3 ? 'utf8' : 'latin1');
  return parseHeader(text, start, start + length);
}

const KEYS = ['descr', 'fortran_order', 'shape'];

/** A Python dict literal with exactly three keys, otherwise numpy refuses the file. */
function parseHeader(text: string, at: number, dataStart: number): NumpyHeader {
  const literal = parseAt(text, at, parseLiteral);
  const entries =
    typeof literal === 'object' && literal?.kind === 'dict' ? literal.entries : new Map<string, Literal>();
  const isWhole = entries.size === KEYS.length && KEYS.every((key) => entries.has(key));
  if (!isWhole || typeof entries.get('fortran_order') !== 'boolean')
    throw new Malformed('the header is not a dict of descr, fortran_order and shape', at);
  const { name, itemBytes, isObject } = parseAt(entries.get('descr'), at, readDtype);
  return { dtype: name, itemBytes, isObject, shape: parseAt(entries.get('shape'), at, readShape), dataStart };
}

/** Offsets of a parser count within its text; those of a file from the start of the text. */
function parseAt<In, Out>(input: In, at: number, parse: (input: In) => Out): Out {
  try {
    return parse(input);
  } catch (error) {
    throw error instanceof Malformed ? new Malformed(error.message, at + error.offset) : error;
  }
}
