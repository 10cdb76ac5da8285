import type { OnnxFacts, TensorFacts } from '../../weights/reading/facts.ts';

/** Length of every axis of every input, and whether it was a guess beyond the batch of one. */
export interface Sizes {
  readonly shapes: readonly (readonly number[])[];
  readonly isGuess: boolean;
}

/** What audio, text, pictures and states come in: small ones first, as they cost least. */
const USUAL = [1, 8, 16, 224, 320, 512] as const;
/** Lengths that the model's own facts suggest; more than a few only cost time. */
const MAX_SUGGESTED = 4;
const MAX_LENGTH = 4096;
const CHANNELS = 3;

type Model = Pick<OnnxFacts, 'inputs' | 'metadata'>;
type Length = TensorFacts['shape'][number];

/** Rows of a batch where nothing else is free: a few models take them in groups alone. */
const BATCHES = [1, 8] as const;

/** The lengths to try for free axes, the likeliest first. */
export function chooseSizes(model: Model): readonly Sizes[] {
  const isGuess = model.inputs.some((input) => guessedAxes(input, model).length > 0);
  const isFree = model.inputs.some(({ shape }) => shape.some((length) => typeof length !== 'number'));
  const tries: readonly Lengths[] = isGuess
    ? [...suggest(model), ...USUAL.map(square)]
    : BATCHES.slice(0, isFree ? BATCHES.length : 1).map((batch) => ({ ...square(1), batch }));
  return tries.map((lengths) => ({ shapes: model.inputs.map((input) => measure(input, lengths, model)), isGuess }));
}

/** Of a picture; another axis that is free takes the width. */
interface Lengths {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

const square = (side: number): Lengths => ({ batch: 1, height: side, width: side });

/** What the metadata says (`imgsz` of Ultralytics), then the fixed lengths that stand where others are free. */
function suggest(model: Model): readonly Lengths[] {
  const [height, width = height] = (model.metadata.imgsz?.match(/\d+/g) ?? []).map(Number);
  const named = height !== undefined && width !== undefined ? [{ ...square(1), height, width }] : [];
  const neighbours = model.inputs.flatMap((input) =>
    guessedAxes(input, model).flatMap((axis) => fixedBeside(input, axis, model.inputs)),
  );
  return [...named, ...[...new Set(neighbours)].map(square)]
    .filter(({ height, width }) => isLength(height) && isLength(width))
    .slice(0, MAX_SUGGESTED);
}

const isLength = (length: number): boolean => length > 1 && length <= MAX_LENGTH;

/** The other side of a picture, and the same axis of inputs that have as many. */
function fixedBeside(input: TensorFacts, axis: number, inputs: readonly TensorFacts[]): number[] {
  const sides = spatialAxes(input);
  const own = sides.includes(axis) ? sides.map((side) => input.shape[side]) : [];
  const others = inputs.filter(({ shape }) => shape.length === input.shape.length).map(({ shape }) => shape[axis]);
  return [...own, ...others].filter((length) => typeof length === 'number');
}

function measure(input: TensorFacts, { batch, height, width }: Lengths, model: Model): number[] {
  const [first] = spatialAxes(input);
  const guessed = new Set(guessedAxes(input, model));
  return input.shape.map((length, axis) => {
    if (typeof length === 'number') return length;
    if (isChannels(input, axis)) return CHANNELS;
    if (!guessed.has(axis)) return batch;
    return (axis === first ? height : width) * terms(length);
  });
}

/** Free axes that a batch of one says nothing about. */
function guessedAxes(input: TensorFacts, model: Model): number[] {
  const batch = batchNames(model);
  return input.shape.flatMap((length, axis) => {
    const isKnown = typeof length === 'number' || axis === batchAxis(input) || isChannels(input, axis);
    return isKnown || (length !== null && batch.has(length)) ? [] : [axis];
  });
}

/** The first axis; where that is fixed otherwise, as the layers of a recurrent state are, the first free one behind. */
function batchAxis({ shape }: TensorFacts): number {
  const [first] = shape;
  return typeof first === 'number' && first !== 1 ? shape.findIndex((length) => typeof length !== 'number') : 0;
}

function batchNames({ inputs }: Model): ReadonlySet<Length> {
  return new Set(inputs.map((input) => input.shape[batchAxis(input)] ?? null).filter((name) => name !== null));
}

/** Rows and columns of what has four axes; the axis with 1 or 3 is that of the channels, second where none says so. */
export function spatialAxes({ shape }: TensorFacts): readonly number[] {
  if (shape.length !== 4) return [];
  return isFew(shape[3]) && !isFew(shape[1]) ? [1, 2] : [2, 3];
}

const isFew = (length: Length | undefined): boolean => length === 1 || length === CHANNELS;

const isChannels = (input: TensorFacts, axis: number): boolean =>
  input.shape.length === 4 && axis === 1 && !spatialAxes(input).includes(axis) && typeof input.shape[1] !== 'number';

/** `past_sequence + sequence` is as long as both together. */
const terms = (name: Length): number => (typeof name === 'string' ? name.split('+').length : 1);
