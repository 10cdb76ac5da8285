import type { Tensor, TensorData, Tensors } from './sdk.ts';

/** Stacks items along a new first axis. All have the names, types and shapes of the first. */
export function stackBatch(items: readonly [Tensors, ...Tensors[]]): Tensors {
  return Object.fromEntries(
    Object.keys(items[0]).map((name) => [name, stackTensors(items.map((item) => item[name] as Tensor))]),
  );
}

function stackTensors(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  const shape = [tensors.length, ...first.shape];
  return {
    dtype: first.dtype,
    shape,
    data: tensors.length === 1 ? first.data : concatenate(tensors.map(({ data }) => data)),
  };
}

/** Data of one type; the first says which. */
function concatenate(parts: readonly TensorData[]): TensorData {
  const [first] = parts as [TensorData];
  if (Array.isArray(first)) return (parts as readonly string[][]).flat();
  // All typed arrays share this much of their interface; the union of their constructors cannot be called.
  const Data = first.constructor as new (length: number) => Float32Array;
  const whole = new Data(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part as Float32Array, offset);
    offset += part.length;
  }
  return whole;
}
