import type { Dtype, Tensor } from '../sdk.ts';
import { TensorError, toFloat32, toTensorData } from '../tensor-values.ts';

/** A type converts to its own kind and to those after it. */
const kinds = [/^bool$/, /^u?int/, /float/] as const;
const kindOf = (dtype: Dtype): number => kinds.findIndex((kind) => kind.test(dtype));

/**
 * The same numbers in another type; throws a TensorError if the conversion loses fractions or exceeds the integer type.
 */
export function castTensor(tensor: Tensor, dtype: Dtype): Tensor {
  if (tensor.dtype === dtype) return tensor;
  const [from, to] = [kindOf(tensor.dtype), kindOf(dtype)];
  if (from < 0 || to < from) throw new TensorError(`expected ${dtype}, got ${tensor.dtype}`);
  return { dtype, shape: tensor.shape, data: toTensorData(dtype, toNumbers(tensor)) };
}

/** JavaScript's numbers: float64, which holds every value of every other type but some of 64-bit integers. */
function toNumbers({ dtype, data }: Tensor): number[] {
  if (dtype === 'float16' || dtype === 'bfloat16') return Array.from(toFloat32(dtype, data));
  return Array.from<unknown, number>(data, Number);
}
