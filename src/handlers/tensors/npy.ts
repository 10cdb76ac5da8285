/** Arrays in numpy's file format, versions 1 to 3 (numpy, format specification NEP 1): a magic, a header that is a Python dict, raw data. */
import { keysOf } from '../../core/names/known-words.ts';
import type { Dtype, Tensor } from '../sdk.ts';
import { bytesOf, isList, type NumberType, numbersOf, TensorError, widthOf } from '../tensor-values.ts';

export const NPY_TYPE = 'application/x-npy';

const MAGIC = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
/** Header and preamble end at a multiple of this. */
const ALIGNMENT = 64;
/** The header names a type and a shape; numpy itself refuses to evaluate longer ones. */
const MAX_HEADER_BYTES = 10_000;

const types = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
} as const satisfies Record<string, NumberType>;
type TypeCode = keyof typeof types;

const codes = new Map<Dtype, TypeCode>(keysOf(types).map((code) => [types[code], code]));

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/** Throws a TensorError for a file that is not a complete numeric array. */
export function parseNpy(bytes: Uint8Array): Tensor {
  const { header, start } = readHeader(bytes);
  const descr = /'descr':\s*'([<>|=])([biuf][1248])'/.exec(header);
  const shapeText = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  const code = descr?.[2];
  if (!isTypeCode(code) || shapeText === undefined) {
    throw new TensorError(
      `expected an npy header with a numeric dtype and a shape, got ${JSON.stringify(header.slice(0, 200))}`,
    );
  }
  const shape = shapeText
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean)
    .map(Number);
  const dtype = types[code];
  const width = widthOf(dtype);
  const size = shape.reduce((product, size) => product * size, width);
  if (bytes.length - start !== size)
    throw new TensorError(
      `expected ${size} bytes of data for shape [${shape.join(', ')}], got ${bytes.length - start}`,
    );
  const body = arrange(bytes.subarray(start), {
    shape,
    width,
    isBigEndian: descr?.[1] === '>',
    isFortran: /'fortran_order':\s*True/.test(header) && shape.length > 1,
  });
  return { dtype, shape, data: numbersOf(dtype, body) };
}

interface Arrangement {
  readonly shape: readonly number[];
  /** Bytes of an element. */
  readonly width: number;
  readonly isBigEndian: boolean;
  readonly isFortran: boolean;
}

/** The elements as typed arrays; copied only if alignment or byte order need it. */
function arrange(bytes: Uint8Array, { shape, width, isBigEndian, isFortran }: Arrangement): Uint8Array {
  if (!isBigEndian && !isFortran) return bytes;
  const own = new Uint8Array(bytes);
  if (isBigEndian) swapBytes(own, width);
  return isFortran ? new Uint8Array(toRowMajor(own, shape)) : own;
}

/** Fortran order has the first axis contiguous; numpy saves a transposed array so. */
function toRowMajor(bytes: Uint8Array, shape: readonly number[]): ArrayBuffer {
  const count = shape.reduce((product, size) => product * size, 1);
  const width = count === 0 ? 0 : bytes.length / count;
  const out = new Uint8Array(bytes.length);
  const stepOf = (axis: number) => shape.slice(0, axis).reduce((product, size) => product * size, 1);
  const fromLast = shape.map((size, axis) => ({ at: 0, size, step: stepOf(axis) })).reverse();
  for (let to = 0, from = 0; to < count; to++) {
    out.set(bytes.subarray(from * width, (from + 1) * width), to * width);
    for (const axis of fromLast) {
      from += axis.step;
      axis.at++;
      if (axis.at < axis.size) break;
      from -= axis.size * axis.step;
      axis.at = 0;
    }
  }
  return out.buffer;
}

function readHeader(bytes: Uint8Array): { header: string; start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  const lengthBytes = major === 1 ? 2 : 4;
  const begin = 8 + lengthBytes;
  if (!isNpy(bytes) || major < 1 || major > 3 || bytes.length < begin)
    throw new TensorError('the npy header is truncated');
  const length = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES || bytes.length < begin + length)
    throw new TensorError(
      `the npy header claims ${length} bytes; at most ${MAX_HEADER_BYTES} of the ${bytes.length} sent can be`,
    );
  return { header: Buffer.from(bytes.subarray(begin, begin + length)).toString('latin1'), start: begin + length };
}

function isTypeCode(text: string | undefined): text is TypeCode {
  return text !== undefined && Object.hasOwn(types, text);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; size > 1 && at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Throws a TensorError for strings and bfloat16, which numpy has no plain type for. */
export function toNpy({ dtype, shape, data }: Tensor): Buffer {
  const code = codes.get(dtype);
  if (code === undefined || isList(data)) throw new TensorError(`a tensor of ${dtype} cannot be written as npy`);
  const order = widthOf(types[code]) === 1 ? '|' : '<';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const total = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const head = Buffer.alloc(total, ' ');
  head.set([...MAGIC, 1, 0]);
  head.writeUInt16LE(total - 10, 8);
  head.write(`${text.padEnd(total - 11)}\n`, 10, 'latin1');
  return Buffer.concat([head, bytesOf(data)]);
}
