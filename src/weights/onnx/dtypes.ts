/** Where TensorProto keeps the elements of a type when they are not raw: the `*_data` field and how many of its numbers an element takes. */
export type DataField = 'float' | 'int32' | 'int64' | 'double' | 'uint64' | 'string';

interface OnnxDtype {
  readonly name: string;
  /** Bits of one element; 0 for strings. */
  readonly bits: number;
  readonly field: DataField;
  /** Elements that share one number of `field`, or 0.5 where one element takes two (complex). */
  readonly perNumber: number;
}

const dtype = (name: string, bits: number, field: DataField, perNumber = 1): OnnxDtype => ({
  name,
  bits,
  field,
  perNumber,
});

/**
 * TensorProto.DataType of onnx.proto, IR version 14, with numpy's names (ml_dtypes' for what numpy lacks). The fields
 * are those the comments of TensorProto allow for each type.
 */
const dtypes: readonly (OnnxDtype | undefined)[] = [
  undefined,
  dtype('float32', 32, 'float'),
  dtype('uint8', 8, 'int32'),
  dtype('int8', 8, 'int32'),
  dtype('uint16', 16, 'int32'),
  dtype('int16', 16, 'int32'),
  dtype('int32', 32, 'int32'),
  dtype('int64', 64, 'int64'),
  dtype('string', 0, 'string'),
  dtype('bool', 8, 'int32'),
  dtype('float16', 16, 'int32'),
  dtype('float64', 64, 'double'),
  dtype('uint32', 32, 'uint64'),
  dtype('uint64', 64, 'uint64'),
  dtype('complex64', 64, 'float', 0.5),
  dtype('complex128', 128, 'double', 0.5),
  dtype('bfloat16', 16, 'int32'),
  dtype('float8_e4m3fn', 8, 'int32'),
  dtype('float8_e4m3fnuz', 8, 'int32'),
  dtype('float8_e5m2', 8, 'int32'),
  dtype('float8_e5m2fnuz', 8, 'int32'),
  dtype('uint4', 4, 'int32', 2),
  dtype('int4', 4, 'int32', 2),
  dtype('float4_e2m1fn', 4, 'int32', 2),
  dtype('float8_e8m0fnu', 8, 'int32'),
  dtype('uint2', 2, 'int32', 4),
  dtype('int2', 2, 'int32', 4),
  dtype('float6_e2m3fn', 6, 'int32'),
  dtype('float6_e3m2fn', 6, 'int32'),
];

export function findDtype(code: bigint): OnnxDtype | undefined {
  return code >= 0n && code < BigInt(dtypes.length) ? dtypes[Number(code)] : undefined;
}

/** Name for people; a code that this version does not know keeps its number. */
export function dtypeName(code: bigint): string {
  return findDtype(code)?.name ?? (code === 0n ? 'undefined' : `type ${code}`);
}
