import type { Tensor, TensorData, Tensors } from './sdk.ts';
import { isList, tensorOf } from './tensor-values.ts';

/** Stacks items along a new first axis. All have the names, types and shapes of the first. */
export function stackBatch(items: readonly Tensors[]): Tensors {
  const [first = {}] = items;
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => [
      name,
      stackTensors(
        tensor,
        items.map((item) => tensorOf(item, name).data),
      ),
    ]),
  );
}

function stackTensors({ dtype, shape, data }: Tensor, parts: readonly TensorData[]): Tensor {
  return { dtype, shape: [parts.length, ...shape], data: parts.length === 1 ? data : concatenate(data, parts) };
}

/** Data of one type; the first item decides it. */
function concatenate(first: TensorData, parts: readonly TensorData[]): TensorData {
  if (isList(first)) return parts.filter(isList).flat();
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
