/** A model's inputs as the columns of a table; decided once, at load. */
import { ToolError } from '../../../core/errors.ts';
import type { TableOptions } from '../../../model/config/handler-keys.ts';
import type { Tensor, TensorSpec, Tensors } from '../../sdk.ts';
import { toTensorData } from '../../tensor-values.ts';
import { type Cell, type Column, readCell } from './cell.ts';

export interface Columns {
  readonly all: readonly Column[];
  /** Columns that may be sent and are not read. */
  readonly ignored: ReadonlySet<string>;
  /** One record, its cells in the order of the columns, as an item without the batch axis. */
  toItem(cells: readonly Cell[]): Tensors;
}

/** skl2onnx makes one input a column, or a single one of all columns. */
export function planColumns(inputs: readonly TensorSpec[], { columns, ignore = [] }: TableOptions): Columns {
  const ignored = new Set(ignore);
  const [only] = inputs;
  const width = only?.shape[1];
  const isMatrix = inputs.length === 1 && only?.shape.length === 2 && (width !== 1 || columns !== undefined);
  if (isMatrix && only !== undefined) return { ...planMatrix(only, width ?? null, columns), ignored };
  if (columns !== undefined)
    throw refuse(
      `preprocess.columns names the columns of one matrix; this model's inputs have names: ${wordInputs(inputs)}`,
    );
  const wide = inputs.find(
    ({ shape }) => shape.length > 2 || shape.length === 0 || (shape.length === 2 && shape[1] !== 1),
  );
  if (wide !== undefined || inputs.length === 0)
    throw refuse(
      `tabular takes models of one input a column, or of one matrix; this one takes ${wordInputs(inputs) || 'nothing'}`,
    );
  const all = inputs.map(({ name, dtype }) => ({ name, dtype }));
  return {
    all,
    ignored,
    toItem: (cells) =>
      Object.fromEntries(
        inputs.map(({ name, shape }, at): [string, Tensor] => {
          const { dtype } = all[at] ?? { dtype: 'string' };
          return [
            name,
            {
              dtype,
              shape: shape.slice(1).map(() => 1),
              data: toTensorData(dtype, [readCell(cells[at], all[at], at)]),
            },
          ];
        }),
      ),
  };
}

function planMatrix(
  { name, dtype, shape }: TensorSpec,
  width: number | null,
  names: readonly string[] | undefined,
): Omit<Columns, 'ignored'> {
  const count = width ?? names?.length;
  if (count === undefined)
    throw refuse(`input "${name}" does not say how many columns it has; name them in preprocess.columns`);
  if (names !== undefined && names.length !== count)
    throw refuse(
      `preprocess.columns names ${names.length} columns, and input "${name}" takes [${shape.map((size) => size ?? '?').join(', ')}]`,
    );
  if (names !== undefined && new Set(names).size !== count) throw refuse('preprocess.columns names a column twice');
  const all = Array.from({ length: count }, (_, at) => ({ name: names?.[at], dtype }));
  return {
    all,
    toItem: (cells) => {
      const values = all.map((column, at) => readCell(cells[at], column, at));
      return { [name]: { dtype, shape: [count], data: toTensorData(dtype, values) } };
    },
  };
}

const wordInputs = (inputs: readonly TensorSpec[]): string =>
  inputs.map(({ name, shape }) => `${name} [${shape.map((size) => size ?? '?').join(', ')}]`).join(', ');

function refuse(reason: string): ToolError {
  return new ToolError('CONFIG_INVALID', { path: 'model-config.yaml', reason });
}
