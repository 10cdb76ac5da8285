import type { Tensor, Tensors } from './sdk.ts';
import { isList, TensorError, tensorOf } from './tensor-values.ts';

/**
 * A batch's outputs as one value for each request: row `i` of the first axis, or with several outputs a map of rows in
 * the order of `names`. Throws a TensorError if an output's first axis is not the batch.
 */
export function splitBatch(
  outputs: Tensors,
  count: number,
  names: readonly string[] = Object.keys(outputs),
): (Tensor | ReadonlyMap<string, Tensor>)[] {
  const entries = names
    .filter((name) => Object.hasOwn(outputs, name))
    .map((name) => [name, tensorOf(outputs, name)] as const);
  const [only] = entries;
  return Array.from({ length: count }, (_, row) => {
    if (entries.length === 1 && only) return takeRow(only[0], only[1], row, count);
    return new Map(entries.map(([name, tensor]) => [name, takeRow(name, tensor, row, count)]));
  });
}

export function takeRow(name: string, { dtype, shape, data }: Tensor, row: number, count: number): Tensor {
  if (shape[0] !== count) {
    throw new TensorError(
      `output "${name}" has shape [${shape.join(', ')}]; its first axis must hold the ${count} requests of the batch`,
    );
  }
  const size = data.length / count;
  // `subarray` copies nothing; a list of strings has only `slice`.
  const [start, end] = [row * size, (row + 1) * size];
  const part = isList(data) ? data.slice(start, end) : data.subarray(start, end);
  return { dtype, shape: shape.slice(1), data: part };
}
