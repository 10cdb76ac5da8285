/** The values of a tensor: as bytes, which is how models and the raw contents have them, and as the typed lists of a message. */
import type { Dtype, Tensor } from '../../../handlers/sdk.ts';
import { TensorError, toTensorData } from '../../../handlers/tensor-values.ts';
import { v2Types } from '../../../handlers/tensors/v2.ts';
import { decodeBinary, encodeBinary } from '../../../handlers/tensors/v2-binary.ts';
import type { InferTensorContents } from '../messages/open-inference.ts';
import type { ByteList } from '../protobuf/number-list.ts';

export type Datatype = keyof typeof v2Types;

type ContentsField = keyof InferTensorContents;

/** The list that has the values of a type, and the type of its own elements; none has 16-bit floats, which are only ever raw. */
const lists: Readonly<Partial<Record<Datatype, readonly [field: ContentsField, dtype: Dtype]>>> = {
  BOOL: ['boolContents', 'bool'],
  INT8: ['intContents', 'int32'],
  INT16: ['intContents', 'int32'],
  INT32: ['intContents', 'int32'],
  INT64: ['int64Contents', 'int64'],
  UINT8: ['uintContents', 'uint32'],
  UINT16: ['uintContents', 'uint32'],
  UINT32: ['uintContents', 'uint32'],
  UINT64: ['uint64Contents', 'uint64'],
  FP32: ['fp32Contents', 'float32'],
  FP64: ['fp64Contents', 'float64'],
  BYTES: ['bytesContents', 'string'],
};

export function toDatatype(text: string): Datatype | undefined {
  return Object.hasOwn(v2Types, text) ? (text as Datatype) : undefined;
}

/** Throws a TensorError for values in another list, or that the type does not hold. */
export function fromContents(name: string, datatype: Datatype, contents: InferTensorContents): Uint8Array {
  const own = lists[datatype];
  const other = Object.entries(contents).find(([field, list]) => list.length > 0 && field !== own?.[0])?.[0];
  if (own === undefined) throw new TensorError(`input "${name}": ${datatype} has no typed contents; send it raw`);
  if (other !== undefined) {
    const words = `input "${name}": values of ${datatype} belong in ${toSnakeCase(own[0])}, not in ${toSnakeCase(other)}`;
    throw new TensorError(words);
  }
  const [field, dtype] = own;
  const bytes = used(contents[field]);
  const wanted = v2Types[datatype];
  return dtype === wanted ? bytes : encodeBinary(convert(name, dtype, bytes, wanted));
}

/** Undefined for a type that is only ever raw. */
export function toContents(datatype: Datatype, bytes: Uint8Array): Partial<InferTensorContents> | undefined {
  const own = lists[datatype];
  if (own === undefined) return undefined;
  const [field, dtype] = own;
  const given = v2Types[datatype];
  const values = dtype === given ? bytes : encodeBinary(convert('', given, bytes, dtype));
  return { [field]: { bytes: Buffer.from(values.buffer, values.byteOffset, values.length), length: values.length } };
}

function used({ bytes, length }: ByteList): Buffer {
  return bytes.subarray(0, length);
}

/** Integers of up to 32 bits, in another width; throws a TensorError for one that does not fit. */
function convert(name: string, from: Dtype, bytes: Uint8Array, to: Dtype): Tensor {
  const width = { int8: 1, uint8: 1, int16: 2, uint16: 2 }[from as string] ?? 4;
  const shape = [bytes.length / width];
  return { dtype: to, shape, data: toTensorData(to, [...decodeBinary(name, from, shape, bytes).data]) };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
