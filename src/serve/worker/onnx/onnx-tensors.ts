/** Converts tensors between the handler SDK and onnxruntime; the bytes are shared. */
import type { InferenceSession, OnnxValue } from 'onnxruntime-node';
import type { Dtype, Tensor, TensorData, TensorSpec } from '../../../handlers/sdk.ts';
import { TensorError } from '../../../handlers/tensor-values.ts';

type OrtType = Exclude<Dtype, 'bfloat16'>;
type OrtTensor = OnnxValue;
export type OrtTensorConstructor = new (type: OrtType, data: TensorData, dims: readonly number[]) => OrtTensor;

type TensorMetadata = Extract<InferenceSession.ValueMetadata, { isTensor: true }>;

/** Throws a TensorError for an input that is not a tensor. */
export function requireTensor(metadata: InferenceSession.ValueMetadata): TensorMetadata {
  if (metadata.isTensor) return metadata;
  throw new TensorError(
    `its input "${metadata.name}" is a sequence, map or optional value, and onnxruntime-node takes only tensors`,
  );
}

/** onnxruntime-node reports a dynamic dimension by its name, which may be empty. */
export function toSpec(metadata: TensorMetadata): TensorSpec {
  const shape = metadata.shape.map((dimension) => (typeof dimension === 'number' && dimension >= 0 ? dimension : null));
  return { name: metadata.name, dtype: toDtype(metadata.type), shape };
}

function toDtype(type: OrtTensor['type']): Dtype {
  if (type === 'uint4' || type === 'int4') throw new TensorError(`tensors of ${type} are not supported`);
  // The other names are the same.
  return type;
}

export function toOrtTensor(Tensor: OrtTensorConstructor, name: string, { dtype, shape, data }: Tensor): OrtTensor {
  if (dtype === 'bfloat16') throw new TensorError(`input "${name}": onnxruntime-node takes no bfloat16 tensors`);
  const expected = shape.reduce((product, dimension) => product * dimension, 1);
  if (data.length !== expected) {
    throw new TensorError(
      `input "${name}": shape [${shape.join(', ')}] holds ${expected} values, but there are ${data.length}`,
    );
  }
  return new Tensor(dtype, data, shape);
}

/** `declared` tells types apart that share an array class. */
export function fromOrtTensor(value: OrtTensor, declared: Dtype | undefined): Tensor {
  const { type, dims, data } = value;
  const bits = isFloat16Array(data) ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data;
  // float16 is a Float16Array where the engine has that class (Node 24); the SDK uses its bits.
  return { dtype: declared ?? toDtype(type), shape: [...dims], data: bits };
}

function isFloat16Array(data: unknown): data is { buffer: ArrayBuffer; byteOffset: number; length: number } {
  return ArrayBuffer.isView(data) && data.constructor.name === 'Float16Array';
}
