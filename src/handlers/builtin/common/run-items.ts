/** Items of a batch through the model, in as few runs as its signature allows. */
import type { Model, Tensor, TensorData, Tensors } from '../../sdk.ts';
import { takeRow } from '../../split-batch.ts';

/**
 * Outputs of each item, without the batch axis. Neighbouring items of equal shapes are stacked along a new first axis; a
 * model whose first axis is fixed gets runs of exactly that size, the last one filled up by repeating its last item.
 */
export async function runItems(items: readonly Tensors[], model: Model): Promise<Tensors[]> {
  const fixed = model.inputs[0]?.shape[0] ?? null;
  const results: Tensors[] = [];
  for (let start = 0; start < items.length; ) {
    const end = endOfRun(items, start, fixed ?? items.length);
    const batch = items.slice(start, end);
    const size = fixed ?? batch.length;
    const filler = Array<Tensors>(size - batch.length).fill(batch[batch.length - 1] as Tensors);
    const outputs = Object.entries(await model.run(stack([...batch, ...filler])));
    for (let row = 0; row < batch.length; row++) {
      results.push(Object.fromEntries(outputs.map(([name, tensor]) => [name, takeItem(name, tensor, row, size)])));
    }
    start = end;
  }
  return results;
}

/** Of an item that ran alone, an output without the batch axis is its own already. */
function takeItem(name: string, tensor: Tensor, row: number, size: number): Tensor {
  return size === 1 && tensor.shape[0] !== 1 ? tensor : takeRow(name, tensor, row, size);
}

function endOfRun(items: readonly Tensors[], start: number, limit: number): number {
  const wanted = shapeKey(items[start] as Tensors);
  let end = start + 1;
  while (end < items.length && end - start < limit && shapeKey(items[end] as Tensors) === wanted) end++;
  return end;
}

function shapeKey(item: Tensors): string {
  return Object.entries(item)
    .map(([name, { shape }]) => `${name}:${shape.join('x')}`)
    .join(' ');
}

function stack(items: readonly Tensors[]): Tensors {
  const [first] = items as [Tensors];
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, stackTensors(items.map((item) => item[name] as Tensor))]),
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
