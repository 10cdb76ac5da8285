/**
 * Which outputs of a detector have boxes, scores and labels, and in which columns if one output has them all. Decided
 * once, at load.
 */
import { ToolError } from '../../../core/errors.ts';
import type { Column, DetectOptions } from '../../../model/config/image-sections.ts';
import type { TensorSpec } from '../../sdk.ts';

export type DetectorOutputs = SeparateOutputs | CombinedOutput;

export interface SeparateOutputs {
  readonly kind: 'separate';
  readonly boxes: string;
  /** A score for each box next to labels, a score for each class without labels. */
  readonly scores: string;
  readonly labels: string | undefined;
}

/** One row of columns for each box, as in the YOLO family. */
export interface CombinedOutput {
  readonly kind: 'combined';
  readonly name: string;
  readonly columns: readonly Column[];
  /** Whether the columns are the second to last axis, each a plane of all boxes. */
  readonly transposed: boolean;
  /** Classes that the model is known to have; what follows their columns says other things, as of masks. */
  readonly known: number | undefined;
}

/** By name, or by what the common exports look like; throws CONFIG_INVALID. */
export function findOutputs(
  outputs: readonly TensorSpec[],
  options: DetectOptions,
  known: number | undefined,
): DetectorOutputs {
  const [only] = outputs;
  if (only !== undefined && (outputs.length === 1 || options.columns !== undefined)) {
    const combined = findCombined(
      options.boxes === undefined ? only : (byName(outputs, options.boxes) ?? only),
      options,
      known,
    );
    if (combined !== undefined) return combined;
  }
  return findSeparate(outputs, options);
}

function findSeparate(outputs: readonly TensorSpec[], options: DetectOptions): SeparateOutputs {
  const named = (key: 'boxes' | 'scores' | 'labels') => {
    const wanted = options[key];
    if (wanted === undefined) return byName(outputs, key);
    const found = byName(outputs, wanted);
    if (found === undefined) throw refuse(outputs, `postprocess.${key} is ${wanted}`);
    return found;
  };
  let labels = named('labels');
  const boxes = named('boxes') ?? outputs.find((output) => output !== labels && output.shape.at(-1) === 4);
  if (boxes === undefined) throw refuse(outputs, 'no output has four numbers for each box');
  const others = outputs.filter((output) => output !== boxes);
  labels ??= others.find((output) => isLabels(output, boxes));
  const scores = named('scores') ?? others.find((output) => output !== labels && isScores(output, boxes));
  if (scores === undefined) throw refuse(outputs, 'no output has scores');
  return { kind: 'separate', boxes: boxes.name, scores: scores.name, labels: labels?.name };
}

const byName = (outputs: readonly TensorSpec[], name: string): TensorSpec | undefined =>
  outputs.find((output) => output.name === name);

/** One integer for each box, or an output with TensorFlow's name for labels. */
function isLabels({ name, dtype, shape }: TensorSpec, boxes: TensorSpec): boolean {
  const isOneEach = shape.length === boxes.shape.length - 1;
  return isOneEach && (/^u?int/.test(dtype) || /(labels|classes)$/.test(name));
}

/** One number for each box, or one for each class of it; not the number of boxes. */
function isScores({ dtype, shape }: TensorSpec, boxes: TensorSpec): boolean {
  return /float/.test(dtype) && shape.length >= boxes.shape.length - 1 && shape.length <= boxes.shape.length;
}

/** More boxes than this are candidates of every class, not selected boxes. */
const CHOSEN_FEW = 1000;

/**
 * One output of several columns. Without `postprocess.columns`, as the YOLO family exports it: rows of six are selected
 * boxes, rows of seven the same with the image's index; columns before boxes have no objectness, rows before columns
 * have.
 */
function findCombined(
  output: TensorSpec,
  { columns }: DetectOptions,
  known: number | undefined,
): CombinedOutput | undefined {
  const { name, shape } = output;
  const [rows, width] = shape.slice(-2);
  if (shape.length < 2 || shape.length > 3 || rows === undefined || width === undefined) return undefined;
  const transposed = isTransposed(rows, width, columns, known);
  const count = transposed ? rows : width;
  const boxes = transposed ? width : rows;
  const found = columns ?? (count === null ? undefined : guessColumns(count, boxes, transposed));
  if (found !== undefined && count !== null && placeColumns(found, count, known) === undefined)
    throw refuse([output], `output "${name}" has ${count} columns, which ${found.join(', ')} do not make up`);
  return found && { kind: 'combined', name, columns: found, transposed, known };
}

/** There are more boxes than columns, but where only the rows have the width of a list of chosen boxes. */
function isTransposed(
  rows: number | null,
  width: number | null,
  columns: readonly Column[] | undefined,
  known: number | undefined,
): boolean {
  if (rows === null) return false;
  if (width === null) return true;
  const areRows =
    columns === undefined ? width === 6 || width === 7 : placeColumns(columns, width, known) !== undefined;
  return rows < width && !(areRows && (columns === undefined || !columns.includes('classes')));
}

/** Column → where it begins; a box is four wide, and the classes take what is left. */
export interface Places {
  readonly starts: ReadonlyMap<Column, number>;
  readonly classes: number;
}

/** Undefined when the columns are not as wide. */
export function placeColumns(columns: readonly Column[], width: number, known: number | undefined): Places | undefined {
  const left = width - columns.length - 2;
  const classes = known ?? left;
  const starts = new Map<Column, number>();
  let next = 0;
  for (const column of columns) {
    starts.set(column, next);
    next += column === 'box' ? 4 : column === 'classes' ? classes : 1;
  }
  const isWhole = known === undefined ? next === width && classes >= (starts.has('classes') ? 1 : 0) : next <= width;
  return isWhole ? { starts, classes } : undefined;
}

function guessColumns(count: number, boxes: number | null, transposed: boolean): readonly Column[] | undefined {
  if (count < 5) return undefined;
  if (transposed) return ['box', 'classes'];
  const isChosen = boxes === null || boxes <= CHOSEN_FEW;
  if (count === 6 && isChosen) return ['box', 'score', 'label'];
  if (count === 7 && isChosen) return ['image', 'box', 'label', 'score'];
  return count > 5 ? ['box', 'objectness', 'classes'] : ['box', 'score'];
}

function refuse(outputs: readonly TensorSpec[], reason: string): ToolError {
  const found = outputs.map(({ name, shape }) => `${name} [${shape.map((size) => size ?? '?').join(', ')}]`).join(', ');
  return new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `${reason}; the model's outputs are ${found}`,
  });
}
