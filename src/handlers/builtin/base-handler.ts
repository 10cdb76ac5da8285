/**
 * TorchServe's base_handler over ONNX: numbers in, numbers out. A JSON list is the tensor of the model's only input; an
 * object names a list for each input. A list that lacks only the batch axis is one item, and items of a batch run together;
 * a list of full rank is a batch of its own. Answers are the outputs as nested lists, by name when there are several.
 */
import {
  type Handler,
  type HandlerContext,
  type Model,
  PredictionError,
  type Row,
  type Tensor,
  type TensorSpec,
  type Tensors,
} from '../sdk.ts';
import { flattenNested, TensorError, toTensorData } from '../tensor-values.ts';
import { requestValue } from './request-value.ts';
import { requireModel } from './require-model.ts';
import { runItems } from './run-items.ts';

/** One request's inputs; `isItem` when they lack the batch axis. */
interface RequestInputs {
  readonly tensors: Tensors;
  readonly isItem: boolean;
}

export function createBaseHandler(): Handler<unknown, unknown> {
  return {
    initialize: (context) => void requireModel(context),
    handle: (rows, context) => answer(rows, context),
  };
}

async function answer(rows: readonly Row[], context: HandlerContext): Promise<unknown[]> {
  const model = requireModel(context);
  const requests = rows.map((row) => readInputs(row, model));
  const items = requests.filter(({ isItem }) => isItem).map(({ tensors }) => tensors);
  const answers = (await runItems(items, model)).values();
  const results: unknown[] = [];
  for (const { tensors, isItem } of requests)
    results.push(unwrap(isItem ? (answers.next().value ?? {}) : await model.run(tensors)));
  return results;
}

function unwrap(outputs: Tensors): Tensor | Tensors {
  const all = Object.values(outputs);
  return all.length === 1 && all[0] ? all[0] : outputs;
}

function readInputs(row: Row, { inputs }: Model): RequestInputs {
  const value = requestValue(row);
  const [only] = inputs;
  if (Array.isArray(value) && only && inputs.length === 1) return readNamed({ [only.name]: value }, inputs);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)) {
    return readNamed(value as Record<string, unknown>, inputs);
  }
  const names = inputs.map(({ name }) => name).join(', ');
  throw new PredictionError(`Expected a JSON list, or an object with a list for each of the inputs ${names}.`, 400);
}

function readNamed(values: Readonly<Record<string, unknown>>, inputs: readonly TensorSpec[]): RequestInputs {
  const read = inputs.map((spec) => [spec.name, readTensor(values[spec.name], spec)] as const);
  const kinds = new Set(read.map(([, { isItem }]) => isItem));
  if (kinds.size > 1) throw new PredictionError('Either all inputs have a batch axis or none has.', 400);
  return { tensors: Object.fromEntries(read.map(([name, { tensor }]) => [name, tensor])), isItem: kinds.has(true) };
}

function readTensor(value: unknown, { name, dtype, shape: expected }: TensorSpec): { tensor: Tensor; isItem: boolean } {
  if (value === undefined) throw new PredictionError(`Input "${name}" is missing.`, 400);
  try {
    const { shape, values } = flattenNested(value);
    const tensor: Tensor = { dtype, shape, data: toTensorData(dtype, values) };
    if (fits(shape, expected)) return { tensor, isItem: false };
    if (fits(shape, expected.slice(1))) return { tensor, isItem: true };
    throw new TensorError(
      `expected shape [${wordShape(expected)}], with or without the first axis, got [${shape.join(', ')}]`,
    );
  } catch (cause) {
    if (cause instanceof TensorError) throw new PredictionError(`Input "${name}": ${cause.message}.`, 400);
    throw cause;
  }
}

function fits(shape: readonly number[], expected: TensorSpec['shape']): boolean {
  return (
    shape.length === expected.length && shape.every((size, axis) => expected[axis] === null || expected[axis] === size)
  );
}

function wordShape(shape: TensorSpec['shape']): string {
  return shape.map((size) => size ?? '?').join(', ');
}
