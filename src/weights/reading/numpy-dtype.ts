import { Malformed } from '../../core/documents/malformed.ts';
import type { Literal, Sequence } from './python-literal.ts';

/** The element type of an array. */
export interface NumpyDtype {
  /** float32, str10, structured, object, or numpy's own name of a rarer one. */
  readonly name: string;
  /** Bytes of an element; undefined for Python objects and for an unknown dtype. */
  readonly itemBytes: number | undefined;
  /** Elements are, or may be, Python objects: the data is then a pickle. */
  readonly isObject: boolean;
}

const OBJECT: NumpyDtype = { name: 'object', itemBytes: undefined, isObject: true };
const kinds: Readonly<Record<string, string>> = { f: 'float', i: 'int', u: 'uint', c: 'complex' };

/** Forms that numpy writes and that contain no objects: only these are allowed, any other may contain some. */
const PLAIN = /^[<>|=]?(?:([fiuc])(1|2|4|8|12|16|24|32)|(b1|\?)|([SaUV])(\d{1,9})|([Mm])8(?:\[[^\]]*\])?)$/;

/**
 * The dtype of a header (numpy.lib.format.descr_to_dtype): a text, a tuple of a dtype and a shape, or a list of fields. A
 * text that numpy would understand in another way ("object", "f8,O", "float64") is not on the list and taken for objects.
 */
export function readDtype(descr: Literal | undefined): NumpyDtype {
  if (typeof descr === 'string')
    return readPlain(descr) ?? { ...OBJECT, name: /^[<>|=]?O\d*$/.test(descr) ? 'object' : descr };
  if (typeof descr !== 'object' || descr === null || descr.kind === 'number' || descr.kind === 'dict')
    throw new Malformed('descr is not a dtype', 0);
  if (descr.kind === 'list') return readFields(descr.items);
  const [base, shape] = descr.items;
  return repeat(readDtype(base), shape);
}

function readPlain(text: string): NumpyDtype | undefined {
  const found = PLAIN.exec(text);
  if (found === null) return undefined;
  const [, kind, width, flag, letter, length, time] = found;
  const plain = (name: string, itemBytes: number) => ({ name, itemBytes, isObject: false });
  if (flag !== undefined) return plain('bool', 1);
  if (time !== undefined) return plain(`${time}8`, 8);
  if (letter !== undefined)
    return letter === 'U' ? plain(`str${length}`, Number(length) * 4) : plain(`${letter}${length}`, Number(length));
  return plain(`${kinds[kind ?? '']}${Number(width) * 8}`, Number(width));
}

/** Consecutive (name, dtype) or (name, dtype, shape), without padding. */
function readFields(fields: readonly Literal[]): NumpyDtype {
  const dtypes = fields.map((field) => {
    if (typeof field !== 'object' || field === null || field.kind !== 'tuple' || field.items.length < 2)
      throw new Malformed('a field of descr is not a tuple of a name and a dtype', 0);
    const [, dtype, shape] = field.items;
    return repeat(readDtype(dtype), shape);
  });
  const isObject = dtypes.some((dtype) => dtype.isObject);
  const sizes = dtypes.map(({ itemBytes }) => itemBytes ?? Number.NaN);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return { name: 'structured', itemBytes: isObject ? undefined : total, isObject };
}

function repeat(dtype: NumpyDtype, shape: Literal | undefined): NumpyDtype {
  if (shape === undefined || dtype.itemBytes === undefined) return dtype;
  const count = readShape(shape).reduce((product, size) => product * size, 1);
  return { ...dtype, itemBytes: dtype.itemBytes * count };
}

/** A tuple of sizes, or one number for a tuple of one. */
export function readShape(shape: Literal | undefined): readonly number[] {
  const items = isSequence(shape) ? shape.items : [shape];
  return items.map((item) => {
    const size = typeof item === 'object' && item?.kind === 'number' ? item.value : undefined;
    if (size === undefined || size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER))
      throw new Malformed('the shape is not a tuple of sizes', 0);
    return Number(size);
  });
}

function isSequence(value: Literal | undefined): value is Sequence {
  return typeof value === 'object' && value !== null && (value.kind === 'tuple' || value.kind === 'list');
}
