/**
 * Checks a request's tensors against the model's inputs: names, types, shapes, and whether they have the batch axis.
 */
import type { Model, Tensor, TensorSpec, Tensors } from '../../sdk.ts';
import { TensorError } from '../../tensor-values.ts';
import type { NamedTensors } from '../../tensors/v2.ts';

export interface ModelInputs {
  readonly tensors: Tensors;
  /** Whether the tensors lack the batch axis. */
  readonly isItem: boolean;
  /** Size of the batch axis; 1 for an item, 0 without one. */
  readonly rows: number;
}

type Entries = readonly (readonly [TensorSpec, Tensor])[];

export function unknownName(what: 'input' | 'output', name: string, known: readonly TensorSpec[]): TensorError {
  const names = known.map((spec) => spec.name).join(', ') || 'none';
  return new TensorError(`the model has no ${what} "${name}"; it has ${names}`);
}

export function missingInput({ name }: TensorSpec, sent: readonly string[], { inputs }: Model): TensorError {
  const taken = inputs.map((input) => input.name).join(', ');
  return new TensorError(
    `input "${name}" is missing; the model takes ${taken}, and sent was ${sent.join(', ') || 'nothing'}`,
  );
}

/** Tensors by input, in the model's order; throws a TensorError for an unknown or missing one. */
export function matchInputs(sent: NamedTensors, model: Model): Entries {
  const tensors = new Map(sent);
  const unknown = sent.find(([name]) => !model.inputs.some((spec) => spec.name === name))?.[0];
  if (unknown !== undefined) throw unknownName('input', unknown, model.inputs);
  return model.inputs.map((spec) => {
    const tensor = tensors.get(spec.name);
    if (tensor === undefined) throw missingInput(spec, [...tensors.keys()], model);
    return [spec, tensor] as const;
  });
}

/** Undefined for all outputs. */
export function requireOutputs(
  names: readonly string[] | undefined,
  { outputs }: Model,
): readonly string[] | undefined {
  const unknown = names?.find((name) => !outputs.some((output) => output.name === name));
  if (unknown !== undefined) throw unknownName('output', unknown, outputs);
  return names?.length === 0 ? undefined : names;
}

/** Throws a TensorError for a wrong type or shape. */
export function toModelInputs(entries: Entries): ModelInputs {
  // Without a rank the batch axis is unknown: such a model gets its inputs unchanged.
  const hasUnranked = entries.some(([spec]) => spec.unranked);
  const items = entries.filter(([spec, tensor]) => lacksBatch(tensor, spec, hasUnranked)).map(([{ name }]) => name);
  if (items.length > 0 && items.length < entries.length) throw mixed(items, entries);
  const tensors = Object.fromEntries(entries.map(([{ name }, tensor]) => [name, tensor]));
  if (items.length > 0) return { tensors, isItem: true, rows: 1 };
  const first = entries[0]?.[1].shape[0] ?? 1;
  const allAlike = !hasUnranked && entries.every(([, { shape }]) => shape[0] === first);
  return { tensors, isItem: false, rows: allAlike ? first : 0 };
}

function mixed(items: readonly string[], entries: Entries): TensorError {
  const whole = entries.map(([{ name }]) => name).filter((name) => !items.includes(name));
  return new TensorError(
    `either all inputs have a batch axis or none has: ${whole.join(', ')} came whole, ${items.join(', ')} without the first axis`,
  );
}

/** Throws when the tensor fits the signature neither with nor without the batch axis. */
function lacksBatch({ dtype, shape }: Tensor, spec: TensorSpec, mustBeWhole: boolean): boolean {
  const { name, dtype: wanted, shape: expected } = spec;
  if (dtype !== wanted) throw new TensorError(`input "${name}": expected ${wanted}, got ${dtype}`);
  if (spec.unranked || fits(shape, expected)) return false;
  if (!mustBeWhole && fits(shape, expected.slice(1))) return true;
  const sizes = expected.map((size) => size ?? '?').join(', ');
  const rest = mustBeWhole ? '' : ', with or without the first axis';
  throw new TensorError(`input "${name}": expected shape [${sizes}]${rest}, got [${shape.join(', ')}]`);
}

function fits(shape: readonly number[], expected: TensorSpec['shape']): boolean {
  return (
    shape.length === expected.length && shape.every((size, axis) => expected[axis] === null || expected[axis] === size)
  );
}
