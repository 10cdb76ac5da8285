/** Runs the items of a batch through the model, batched if its rows are independent. */
import type { Model, Tensor, Tensors } from '../../sdk.ts';
import { takeRow } from '../../split-batch.ts';
import { stackBatch } from '../../stack-batch.ts';
import { fillUp } from './fill-up.ts';

/**
 * Outputs of each item, without the batch axis. Neighbouring items of equal shapes are stacked along a new first axis if the
 * rows are independent, else each runs alone. A model with a fixed first axis gets runs of that size, filled up by repeating
 * the last item.
 */
export async function runItems(items: readonly Tensors[], model: Model): Promise<Tensors[]> {
  const fixed = model.inputs[0]?.shape[0] ?? null;
  const shapes = items.map(shapeKey);
  const results: Tensors[] = [];
  for (let start = 0; start < items.length; ) {
    const end = endOfRun(shapes, start, model.rowsIndependent === true ? (fixed ?? items.length) : 1);
    const batch = items.slice(start, end);
    const size = fixed ?? batch.length;
    const outputs = Object.entries(await model.run(stackBatch(fillUp(batch, size))));
    for (let row = 0; row < batch.length; row++) {
      results.push(Object.fromEntries(outputs.map(([name, tensor]) => [name, takeItem(name, tensor, row, size)])));
    }
    start = end;
  }
  return results;
}

/** An item that ran alone may have an output without the batch axis. */
function takeItem(name: string, tensor: Tensor, row: number, size: number): Tensor {
  return size === 1 && tensor.shape[0] !== 1 ? tensor : takeRow(name, tensor, row, size);
}

function endOfRun(shapes: readonly string[], start: number, limit: number): number {
  let end = start + 1;
  while (end < shapes.length && end - start < limit && shapes[end] === shapes[start]) end++;
  return end;
}

function shapeKey(item: Tensors): string {
  return Object.entries(item)
    .map(([name, { shape }]) => `${name}:${shape.join('x')}`)
    .join(' ');
}
