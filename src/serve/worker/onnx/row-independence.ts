/**
 * Whether requests may share a run: a few seeded rows must give the same answers alone and together. Names and shapes cannot
 * tell: a recurrent model carries state along the first axis, a softmax or a normalisation may run over it.
 */

import type { Dtype, Tensor, TensorSpec, Tensors } from '../../../handlers/sdk.ts';
import { takeRow } from '../../../handlers/split-batch.ts';
import { stackBatch } from '../../../handlers/stack-batch.ts';
import { TensorError, tensorOf, toFloat32, toTensorData } from '../../../handlers/tensor-values.ts';
import type { Batching } from '../../protocol/messages.ts';

export interface ProbedModel {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  run(inputs: Tensors): Promise<Tensors>;
}

const ROWS = 3;
const SEED = 20_261_128;
/** Sizes tried for free dimensions, until the model runs. */
const FREE_SIZES = [4, 32, 224, 1];
/** Elements of one sample row; larger ones would delay the start. */
const MAX_ROW_ELEMENTS = 4_000_000;
/**
 * Difference of a float output relative to its largest value: another batch size uses other kernels, which round
 * differently.
 */
const TOLERANCE = 1e-3;
const HALF_TOLERANCE = 1e-2;

export async function probeRowIndependence(model: ProbedModel): Promise<Batching> {
  const sizes = new Set(model.inputs.map(({ shape, unranked }) => (unranked ? undefined : shape[0])));
  const [size] = sizes;
  if (sizes.size !== 1 || size === undefined) return dependent('Its inputs do not share a first axis.');
  if (size === 1) return dependent('Its first axis is 1.');
  if (size === 0) return dependent('Its first axis is 0.');
  for (const free of FREE_SIZES) {
    const found = await probeWith(model, size, free);
    if (found !== undefined) return found;
  }
  return dependent('It cannot run on sample rows.');
}

const dependent = (reason: string): Batching => ({ joined: false, reason });

/** Undefined when the model does not run with this size of its free dimensions. */
async function probeWith(model: ProbedModel, size: number | null, free: number): Promise<Batching | undefined> {
  // A fixed first axis is filled up by repeating the rows.
  const batchOf = (rows: readonly Tensors[]) => {
    const wanted = size ?? rows.length;
    const rounds = Array<readonly Tensors[]>(Math.ceil(wanted / rows.length)).fill(rows);
    return stackBatch(rounds.flat().slice(0, wanted));
  };
  try {
    const rows = sampleRows(model.inputs, free);
    const alone: Tensors[] = [];
    for (const row of rows) alone.push(await model.run(batchOf([row])));
    const together = await model.run(batchOf(rows));
    return compare(model.outputs, alone, together, size);
  } catch {
    return undefined;
  }
}

function compare(
  outputs: readonly TensorSpec[],
  alone: readonly Tensors[],
  together: Tensors,
  size: number | null,
): Batching {
  const [rows, rowsAlone] = [size ?? ROWS, size ?? 1];
  for (const { name } of outputs) {
    const joined = tensorOf(together, name);
    if (joined.shape[0] !== rows || alone.some((one) => one[name]?.shape[0] !== rowsAlone))
      return dependent(`The first axis of its output "${name}" does not hold the rows.`);
    const isSame = alone.slice(0, rows).every((one, index) => {
      // With a fixed first axis every position holds the row.
      const at = rowsAlone === 1 ? 0 : index;
      return sameValues(takeRow(name, tensorOf(one, name), at, rowsAlone), takeRow(name, joined, index, rows));
    });
    if (!isSame) return dependent(`Its output "${name}" changes when rows share a run.`);
  }
  return { joined: true, reason: 'Its rows gave the same answers alone and together.' };
}

function sameValues(a: Tensor, b: Tensor): boolean {
  if (a.data.length !== b.data.length) return false;
  if (!a.dtype.includes('float')) return Array.from<unknown>(a.data).every((value, i) => value === b.data[i]);
  const [left, right] = [toFloat32(a.dtype, a.data), toFloat32(b.dtype, b.data)];
  const largest = left.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const tolerance = largest * (a.dtype.endsWith('float16') ? HALF_TOLERANCE : TOLERANCE);
  return left.every((value, i) => Object.is(value, right[i]) || Math.abs(value - (right[i] ?? NaN)) <= tolerance);
}

/** Different rows for every input, without the first axis. */
function sampleRows(inputs: readonly TensorSpec[], free: number): Tensors[] {
  const random = seededRandom();
  const tensors = inputs.map(({ name, dtype, shape: [, ...rest] }) => {
    const shape = rest.map((size) => size ?? free);
    return { name, dtype, shape, length: shape.reduce((product, size) => product * size, 1) };
  });
  if (tensors.some(({ length }) => length > MAX_ROW_ELEMENTS)) throw new TensorError('a sample row would be too large');
  return Array.from({ length: ROWS }, (_, row) =>
    Object.fromEntries(
      tensors.map(({ name, dtype, shape, length }) => {
        const values = Array.from({ length }, (_, i) => sampleValue(dtype, random(), i === 0 ? row : undefined));
        return [name, { dtype, shape, data: toTensorData(dtype, values) }];
      }),
    ),
  );
}

/** Integers are 0 or 1: they may be ids of a small vocabulary, or a mask. `row` sets a row's first value, so that rows differ. */
function sampleValue(dtype: Dtype, random: number, row: number | undefined): unknown {
  const bit = row === undefined ? Number(random < 0.5) : row % 2;
  if (dtype === 'string') return bit === 1 ? 'a' : 'b';
  if (dtype === 'uint8') return Math.floor(random * 256);
  if (dtype === 'bool') return bit === 1;
  return dtype.includes('float') ? random : bit;
}

/** Uniform in [0, 1): a linear congruential generator. */
function seededRandom(): () => number {
  let state = SEED;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
