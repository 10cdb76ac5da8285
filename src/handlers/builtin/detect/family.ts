/** Which family of exports a detector is of: by what its file says of itself, else by what it takes and gives. */
import type { Family } from '../../../model/config/image-sections.ts';
import type { TensorSpec } from '../../sdk.ts';
import type { ExportNotes } from './export-notes.ts';

export interface DetectorModel {
  /** The picture. */
  readonly image: TensorSpec;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly notes: ExportNotes | undefined;
}

export interface Recognised {
  readonly family: Family;
  /** By what, as the end of a sentence. */
  readonly why: string;
}

export function recogniseFamily(model: DetectorModel): Recognised {
  return (
    byNotes(model) ?? byNames(model) ?? byGrid(model) ?? { family: 'torchvision', why: 'nothing speaks for another' }
  );
}

function byNotes({ outputs: [first], notes }: DetectorModel): Recognised | undefined {
  if (notes === undefined || first === undefined) return undefined;
  if (notes.isUltralytics) return { family: 'ultralytics', why: "Ultralytics' metadata in the model" };
  return hasObjectness(first, notes.names.size)
    ? { family: 'yolov5', why: 'names and stride in the metadata, and a column of objectness' }
    : { family: 'ultralytics', why: 'names and stride in the metadata' };
}

/** Four numbers of a box, objectness, and a score for each class. */
const hasObjectness = ({ shape }: TensorSpec, classes: number): boolean =>
  classes > 0 && shape.slice(-2).includes(classes + 5);

function byNames({ inputs, outputs }: DetectorModel): Recognised | undefined {
  const has = (...names: readonly string[]) => names.every((name) => outputs.some((output) => output.name === name));
  if (inputs.some(({ name }) => name === ORIGINAL_SIZES))
    return { family: 'rt-detr', why: `the input ${ORIGINAL_SIZES}` };
  if (has('logits', 'pred_boxes')) return byQueries(inputs, outputs);
  if (outputs.some(({ name }) => DETECTION_BOXES.test(name)))
    return { family: 'tensorflow', why: 'the output detection_boxes' };
  if (has('bboxes', 'labels', 'scores')) return { family: 'ssd', why: 'the outputs bboxes, labels and scores' };
  return undefined;
}

export const ORIGINAL_SIZES = 'orig_target_sizes';
export const PIXEL_MASK = 'pixel_mask';
export const DETECTION_BOXES = /(?:^|[/_])detection_boxes(?::0)?$/;

/** Queries that DETR and its nearest kin ask; those with a sigmoid a class ask 300. */
const MOST_QUERIES = 125;
/** COCO's 91 numbers and the class for nothing. */
const COCO_AND_NOTHING = 92;

function byQueries(inputs: readonly TensorSpec[], outputs: readonly TensorSpec[]): Recognised {
  const shape = outputs.find(({ name }) => name === 'logits')?.shape ?? [];
  const [queries, classes] = shape.slice(-2);
  if (inputs.some(({ name }) => name === PIXEL_MASK)) return { family: 'detr', why: `the input ${PIXEL_MASK}` };
  if (classes === COCO_AND_NOTHING) return { family: 'detr', why: 'logits for 91 classes and for none' };
  if (typeof queries === 'number' && queries <= MOST_QUERIES)
    return { family: 'detr', why: `logits of ${queries} queries` };
  return { family: 'rt-detr', why: 'the outputs logits and pred_boxes' };
}

/** Strides of the grids that the YOLO family answers from, in pixels. */
const GRIDS = [
  [8, 16, 32],
  [8, 16, 32, 64],
] as const;
/** Boxes that YOLOv5 and YOLOv7 answer for each place of a grid. */
const ANCHORS = 3;
/** Columns of a model of COCO's 80 classes without objectness. */
const COCO_COLUMNS = 84;

/** Without a note the number of boxes tells: so many are in the grids over an input of that size. */
function byGrid({ image, outputs }: DetectorModel): Recognised | undefined {
  const [only] = outputs;
  const [height, width] = image.shape.slice(image.shape.length - 2);
  if (only === undefined || only.shape.length !== 3 || !height || !width) return undefined;
  const [rows, columns] = only.shape.slice(1);
  const places = GRIDS.map((strides) => strides.reduce((sum, stride) => sum + placesOf(height, width, stride), 0));
  const isGrid = (count: number | null | undefined, each: number) => places.some((place) => place * each === count);
  const why = `as many boxes as the grids over ${width} x ${height} pixels`;
  if (isGrid(columns, 1)) return { family: 'ultralytics', why };
  if (isGrid(rows, ANCHORS)) return { family: 'yolov5', why: `three times ${why}` };
  if (isGrid(rows, 1)) return { family: columns === COCO_COLUMNS ? 'ultralytics' : 'yolox', why };
  return undefined;
}

/** Grids whose strides do not divide the input are of no model. */
function placesOf(height: number, width: number, stride: number): number {
  return Math.floor(height / stride) * Math.floor(width / stride);
}
