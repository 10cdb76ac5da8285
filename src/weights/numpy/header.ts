import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';

/** What the header of a .npy file says (numpy/lib/format.py, versions 1 to 3). */
export interface NumpyHeader {
  readonly dtype: string;
  /** Bytes of an element; undefined for structured and object arrays. */
  readonly itemBytes: number | undefined;
  readonly shape: readonly number[];
  /** Elements are Python objects, so the data is a pickle. */
  readonly isObject: boolean;
  /** Where the data begins. */
  readonly dataStart: number;
}

/** numpy itself reads no longer header from a file it does not trust. */
const MAX_HEADER_BYTES = 10_000;
export const NPY_MAGIC = Buffer.from('934e554d5059', 'hex');

const kinds: Readonly<Record<string, string>> = { f: 'float', i: 'int', u: 'uint', c: 'complex' };

export async function readNumpyHeader(source: ByteSource): Promise<NumpyHeader> {
  if (source.size < 10) throw new Malformed(`${source.size} bytes are too few for a header`, 0);
  const prefix = Buffer.from(await source.read(0, Math.min(12, source.size)));
  if (!prefix.subarray(0, 6).equals(NPY_MAGIC)) throw new Malformed('it does not begin as a .npy file', 0);
  const version = prefix[6] ?? 0;
  if (version < 1 || version > 3 || (version > 1 && prefix.length < 12))
    throw new Malformed(`version ${version} of the format does not exist`, 6);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? prefix.readUInt16LE(8) : prefix.readUInt32LE(8);
  if (length > MAX_HEADER_BYTES || start + length > source.size)
    throw new Malformed(`a header of ${length} bytes cannot be there`, 8);
  const text = Buffer.from(await source.read(start, length)).toString(version === 3 ? 'utf8' : 'latin1');
  return parseHeader(text, start, start + length);
}

/** A Python dict literal with three keys, in the form numpy writes. */
function parseHeader(text: string, at: number, dataStart: number): NumpyHeader {
  const descr = /['"]descr['"]\s*:\s*(['"]([^'"]*)['"]|\[.*?\](?=\s*,\s*['"](?:fortran_order|shape)|\s*,?\s*\}))/s.exec(
    text,
  );
  const shape = /['"]shape['"]\s*:\s*\(([0-9L,\s]*)\)/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  if (!descr || !shape || !order) throw new Malformed('the header is not a dict of descr, fortran_order and shape', at);
  const dims = (shape[1] ?? '')
    .split(',')
    .map((part) => part.replace('L', '').trim())
    .filter(Boolean)
    .map(Number);
  if (!dims.every((dim) => Number.isSafeInteger(dim)))
    throw new Malformed(`the shape (${shape[1]}) is not possible`, at);
  const simple = descr[2];
  if (simple === undefined) {
    // A structured dtype: any field may be an object.
    const isObject = /['"][|<>=]?O[0-9]*['"]/.test(descr[1] ?? '');
    return { dtype: 'structured', itemBytes: undefined, shape: dims, isObject, dataStart };
  }
  const parsed = /^[<>|=]?([a-zA-Z?])([0-9]*)/.exec(simple);
  if (!parsed) throw new Malformed(`${JSON.stringify(simple)} is no dtype`, at);
  const [, code = '', width = ''] = parsed;
  return { ...describe(code, width), shape: dims, isObject: code === 'O', dataStart };
}

function describe(code: string, width: string): { dtype: string; itemBytes: number | undefined } {
  const bytes = width === '' ? undefined : Number(width);
  if (code === 'O') return { dtype: 'object', itemBytes: undefined };
  if (code === 'b' || code === '?') return { dtype: 'bool', itemBytes: 1 };
  if (code === 'U') return { dtype: `str${width}`, itemBytes: bytes === undefined ? undefined : bytes * 4 };
  const kind = kinds[code];
  if (kind && bytes) return { dtype: `${kind}${bytes * 8}`, itemBytes: bytes };
  return { dtype: `${code}${width}`, itemBytes: code === 'M' || code === 'm' ? 8 : bytes };
}
