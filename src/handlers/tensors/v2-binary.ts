/**
 * The binary tensor extension of KServe's v2 protocol: after the JSON come the data of those tensors that say
 * `binary_data_size`, in order, little-endian and row-major; strings as a 32-bit length and their bytes each.
 */
import type { Dtype, Tensor, TensorData } from '../sdk.ts';
import { bytesOf, isList, type NumberType, numbersOf, TensorError, widthOf } from '../tensor-values.ts';

/** Header of a request or an answer: number of JSON bytes at the start of the body. */
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

function decodeNumbers(name: string, dtype: NumberType, bytes: Uint8Array): TensorData {
  if (bytes.length % widthOf(dtype) !== 0)
    throw new TensorError(`input "${name}": ${bytes.length} bytes are not a whole number of ${dtype} values`);
  return numbersOf(dtype, bytes);
}

function decodeStrings(name: string, bytes: Uint8Array): readonly string[] {
  return splitStrings(name, bytes).map((one) => decodeText(name, one));
}

/** Byte strings, which need not be text. */
export function splitStrings(name: string, bytes: Uint8Array): readonly Buffer[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: Buffer[] = [];
  for (let at = 0; at < view.length; ) {
    const length = at + 4 <= view.length ? view.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > view.length) throw new TensorError(`input "${name}": a string is truncated`);
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

export function encodeBinary({ data }: Tensor): Uint8Array {
  if (!isList(data)) return bytesOf(data);
  return Buffer.concat(
    data.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
