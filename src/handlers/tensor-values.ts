/** Tensors as the nested lists that JSON carries, and the number formats JavaScript has no array for. */
import { type Dtype, float, type Tensor, type TensorData, type Tensors } from './sdk.ts';

/** A value that is not a valid tensor; the message has the expected and the actual value. */
export class TensorError extends Error {
  override readonly name = 'TensorError';
}

export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dtype' in value &&
    'shape' in value &&
    'data' in value &&
    Array.isArray(value.shape)
  );
}

/** The tensor with that name; throws a TensorError if there is none. */
export function tensorOf(tensors: Tensors, name: string): Tensor {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor === undefined)
    throw new TensorError(`there is no tensor "${name}" among ${Object.keys(tensors).join(', ')}`);
  return tensor;
}

/** `Array.isArray`, which leaves it open whether a list that cannot be written to is a typed array. */
export function isList<T>(values: T): values is Extract<T, readonly unknown[]> {
  return Array.isArray(values);
}

/** Nested lists like `tensor.tolist()`; the innermost lists are views of the data. A tensor without dimensions is one value. */
export function toNested({ dtype, shape, data }: Tensor): unknown {
  const values = toPlainValues(dtype, data);
  if (shape.length === 0) return toScalar(values, values[0]);
  return nest(values, shape, 0, 0, values.length);
}

type Numbers = Exclude<TensorData, readonly string[]>;
type Values = TensorData | readonly boolean[];

/** Any typed array. */
export function isNumbers(value: unknown): value is Numbers {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function nest(values: Values, shape: readonly number[], axis: number, start: number, end: number): unknown {
  // `slice` for lists, `subarray` for typed arrays: the latter copies nothing.
  if (axis === shape.length - 1) return isList(values) ? values.slice(start, end) : values.subarray(start, end);
  const count = shape[axis] ?? 0;
  const step = count === 0 ? 0 : (end - start) / count;
  return Array.from({ length: count }, (_, i) =>
    nest(values, shape, axis + 1, start + i * step, start + (i + 1) * step),
  );
}

function toScalar(values: Values, value: unknown): unknown {
  return typeof value === 'number' && (values instanceof Float32Array || values instanceof Float64Array)
    ? float(value)
    : value;
}

function toPlainValues(dtype: Dtype, data: TensorData): Values {
  if (dtype === 'bool') return Array.from<unknown, boolean>(data, Boolean);
  if (dtype === 'float16' || dtype === 'bfloat16') return toFloat32(dtype, data);
  return data;
}

/** Any numeric tensor's values as float32, the way `tensor.float()` converts them. */
export function toFloat32(dtype: Dtype, data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  if (dtype === 'string') throw new TensorError('a tensor of strings has no numbers');
  if (dtype === 'float16') return Float32Array.from<unknown>(data, (bits) => halfToNumber(Number(bits)));
  if (dtype === 'bfloat16') return Float32Array.from<unknown>(data, (bits) => bfloatToNumber(Number(bits)));
  return Float32Array.from<unknown>(data, Number);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Round to nearest, ties to even, as numpy and torch convert. */
export function numberToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  // 65,520 is half-way between the largest half and the next power's first: it rounds to infinity.
  if (size >= 65_520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundHalfEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // log2 may be one off next to a power of two.
  const power = size >= 2 ** (exponent + 1) ? exponent + 1 : size < 2 ** exponent ? exponent - 1 : exponent;
  // A fraction that rounds up to 1,024 carries into the exponent by itself.
  return sign | (((power + 15) << 10) + roundHalfEven((size / 2 ** power - 1) * 1024));
}

/** The upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word.setUint16(0, bits);
  return word.getFloat32(0);
}

const word = new DataView(new ArrayBuffer(4));

/** Python's `round`: half-way cases go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** The array type for the values of each dtype. */
const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<NumberType, unknown>;

export type NumberType = Exclude<Dtype, 'string'>;

/** Bytes of one value. */
export function widthOf(dtype: NumberType): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** The values, as a view of the bytes if those are aligned, else a copy. */
export function numbersOf(dtype: NumberType, bytes: Uint8Array): Numbers {
  const aligned = bytes.byteOffset % widthOf(dtype) === 0 ? bytes : new Uint8Array(bytes);
  // Bytes come from a file or a socket, never from shared memory.
  return new arrays[dtype](aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / widthOf(dtype));
}

/** The bytes of the values, without a copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Value ranges of the integer types. */
const ranges: Partial<Record<Dtype, readonly [lowest: number | bigint, highest: number | bigint]>> = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0n, 2n ** 64n - 1n],
};

/**
 * Values of one JSON list (numbers, bigints, booleans or strings) as tensor data; throws a TensorError that names the first
 * that does not fit.
 */
export function toTensorData(dtype: Dtype, values: readonly unknown[]): TensorData {
  if (dtype === 'string') return values.map(expectString);
  if (dtype === 'int64') return BigInt64Array.from(values, (value) => BigInt(expectInteger(value, dtype)));
  if (dtype === 'uint64') return BigUint64Array.from(values, (value) => BigInt(expectInteger(value, dtype)));
  if (dtype === 'bool')
    return Uint8Array.from(values, (value) =>
      value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : fail(value, 'a boolean'),
    );
  if (dtype === 'float16') return Uint16Array.from(values, (value) => numberToHalf(expectNumber(value)));
  if (dtype === 'bfloat16') return Uint16Array.from(values, () => fail(dtype, 'a type that onnxruntime-node takes'));
  if (dtype === 'float32' || dtype === 'float64') return arrays[dtype].from(values.map(expectNumber));
  return arrays[dtype].from(values.map((value) => Number(expectInteger(value, dtype))));
}

function expectString(value: unknown): string {
  return typeof value === 'string' ? value : fail(value, 'a string');
}

function expectNumber(value: unknown): number {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : fail(value, 'a number');
}

/** An integer beyond 2^53 must come as bigint: a number of that size may have been rounded. */
function expectInteger(value: unknown, dtype: Dtype): number | bigint {
  const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  if (!isInteger) return fail(value, 'an integer');
  const [lowest, highest] = ranges[dtype] ?? [-Infinity, Infinity];
  if (value < lowest || value > highest) return fail(value, `${dtype}, from ${lowest} to ${highest}`);
  return typeof value === 'bigint' || Number.isSafeInteger(value)
    ? value
    : fail(value, 'an integer without an exponent');
}

/** Characters of a value that an error quotes. */
const MAX_SHOWN = 200;

function fail(value: unknown, expected: string): never {
  // JSON has no bigint, and writes NaN as null.
  const text = typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new TensorError(`expected ${expected}, got ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}`);
}

/** Dimensions of one tensor; numpy 1's own limit. */
const MAX_RANK = 32;

/** Flattens nested lists of equal lengths; throws a TensorError when they are ragged. Plain numbers have shape []. */
export function flattenNested(value: unknown): { shape: number[]; values: unknown[] } {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) {
    if (shape.length === MAX_RANK) throw new TensorError(`the lists are nested deeper than ${MAX_RANK}`);
    shape.push(level.length);
  }
  const values: unknown[] = [];
  collect(value, shape, 0, values);
  return { shape, values };
}

function collect(value: unknown, shape: readonly number[], axis: number, out: unknown[]): void {
  const expected = shape[axis];
  if (expected === undefined) {
    if (Array.isArray(value)) throw new TensorError('the nested lists have different depths');
    out.push(value);
    return;
  }
  if (!Array.isArray(value) || value.length !== expected) {
    throw new TensorError(
      `the nested lists are ragged: expected ${expected} items at depth ${axis}, got ${Array.isArray(value) ? value.length : JSON.stringify(value)}`,
    );
  }
  for (const item of value) collect(item, shape, axis + 1, out);
}
