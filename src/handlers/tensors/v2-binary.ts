/**
 * The binary tensor extension of KServe's v2 protocol: after the JSON come the data of those tensors that say
 * `binary_data_size`, in order, little-endian and row-major; strings as a 32-bit length and their bytes each.
 */
import type { Dtype, Tensor, TensorData } from '../sdk.ts';
import { TensorError } from '../tensor-values.ts';

/** Header of a request or an answer: bytes of JSON at the start of the body. */
export const JSON_LENGTH_HEADER = 'Inference-Header-Content-Length';

export interface SplitBody {
  readonly json: Uint8Array;
  readonly binary: Uint8Array;
}

export function splitBody(body: Uint8Array, header: string): SplitBody {
  const length = Number(header);
  if (!/^\d+$/.test(header) || length > body.length)
    throw new TensorError(`${JSON_LENGTH_HEADER} is ${header}, of a body of ${body.length} bytes`);
  return { json: body.subarray(0, length), binary: body.subarray(length) };
}

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
} as const satisfies Record<Exclude<Dtype, 'string'>, unknown>;

/** `name` is for the error. */
export function decodeBinary(name: string, dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = dtype === 'string' ? decodeStrings(name, bytes) : decodeNumbers(name, dtype, bytes);
  if (data.length !== count)
    throw new TensorError(
      `input "${name}": shape [${shape.join(', ')}] holds ${count} values, but there are ${data.length}`,
    );
  return { dtype, shape, data };
}

function decodeNumbers(name: string, dtype: Exclude<Dtype, 'string'>, bytes: Uint8Array): TensorData {
  const ArrayOf = arrays[dtype];
  const size = ArrayOf.BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0)
    throw new TensorError(`input "${name}": ${bytes.length} bytes are no whole number of ${dtype} values`);
  // A view needs an aligned start; JSON of any length stands before the data.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new ArrayOf(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / size);
}

function decodeStrings(name: string, bytes: Uint8Array): readonly string[] {
  return splitStrings(name, bytes).map((one) => decodeText(name, one));
}

/** Byte strings that may be no text. */
export function splitStrings(name: string, bytes: Uint8Array): readonly Buffer[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: Buffer[] = [];
  for (let at = 0; at < view.length; ) {
    const length = at + 4 <= view.length ? view.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > view.length) throw new TensorError(`input "${name}": a string is cut off`);
    strings.push(view.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return strings;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** onnxruntime-node takes strings, not bytes. */
function decodeText(name: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new TensorError(`input "${name}": a string is not UTF-8`);
  }
}

export function encodeBinary({ dtype, data }: Tensor): Uint8Array {
  if (dtype !== 'string') {
    const { buffer, byteOffset, byteLength } = data as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  return Buffer.concat(
    (data as readonly string[]).flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
