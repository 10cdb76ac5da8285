/** What each family of detectors takes as given: how its own code prepares a picture and reads the answer. */
import type { DetectOptions, DetectorPreprocess, Family } from '../../../model/config/image-sections.ts';
import type { TensorSpec } from '../../sdk.ts';
import { DETECTION_BOXES, type DetectorModel, ORIGINAL_SIZES } from './family.ts';

/** Details in which the families' own code differs and that nobody sets. */
export interface Manner {
  /** A score must be above the threshold, not just reach it. */
  readonly isAbove: boolean;
  /** Boxes compete in pixels of the input, each class at a place of its own so many pixels further; else in those of the image. */
  readonly classOffset: number | undefined;
  /** A box takes the pixels at both its ends. */
  readonly wholePixels: boolean;
  /** Best first, also where nothing competes. */
  readonly isRanked: boolean;
  /** Boxes are brought back by the exact scale. */
  readonly isExact: boolean;
}

export interface FamilyDefaults {
  readonly preprocess: DetectorPreprocess;
  readonly postprocess: Partial<DetectOptions>;
  readonly manner: Manner;
  /** ImageNet's mean and deviation. */
  readonly isNormalised: boolean;
}

const PLAIN: Manner = { isAbove: false, classOffset: undefined, wholePixels: false, isRanked: false, isExact: false };

/** Side of the input where neither the signature nor a note says it: what these families are exported with. */
const USUAL_SIDE = 640;
/** The gray around a picture. */
const GRAY = 114;
/** Ultralytics' max_wh. */
const CLASS_OFFSET = 7_680;

const byOpenCv = { interpolation: 'opencv', orientation: 'exif', pad: GRAY } as const;

export function defaultsOf(family: Family, model: DetectorModel): FamilyDefaults {
  switch (family) {
    case 'ultralytics':
      return ultralytics(model);
    case 'yolov5':
      return {
        preprocess: { ...byOpenCv, fit: 'letterbox', size: sizeOf(model) },
        postprocess: {
          columns: ['box', 'objectness', 'classes'],
          format: 'cxcywh',
          threshold: 0.25,
          nms: 0.45,
          limit: 1000,
          clip: true,
        },
        manner: { ...PLAIN, isAbove: true, classOffset: CLASS_OFFSET, isRanked: true, isExact: true },
        isNormalised: false,
      };
    case 'yolox':
      return {
        preprocess: { ...byOpenCv, fit: 'corner', size: sizeOf(model), mode: 'BGR', range: [0, 255] },
        postprocess: {
          columns: ['box', 'objectness', 'classes'],
          format: 'cxcywh',
          strides: yoloxStrides(model),
          threshold: 0.3,
          nms: 0.45,
          agnostic: true,
        },
        manner: { ...PLAIN, wholePixels: true, isRanked: true, isExact: true },
        isNormalised: false,
      };
    case 'rt-detr':
      return model.inputs.some(({ name }) => name === ORIGINAL_SIZES) ? rtDetrWithSizes(model) : rtDetr(model);
    case 'detr':
      return detr(model);
    case 'ssd':
      return {
        preprocess: {},
        postprocess: { boxes: 'bboxes', unit: 'fractions' },
        manner: PLAIN,
        isNormalised: true,
      };
    case 'tensorflow':
      return {
        preprocess: {},
        postprocess: { ...tensorflowNames(model.outputs), format: 'yxyx', unit: 'fractions' },
        manner: PLAIN,
        isNormalised: false,
      };
    case 'torchvision':
      return { preprocess: {}, postprocess: {}, manner: PLAIN, isNormalised: false };
  }
}

/** The signature's, else that of the notes. */
function sizeOf({ image, notes }: DetectorModel): { height: number; width: number } {
  const [height, width] = sidesOf(image);
  if (height && width) return { height, width };
  return notes?.size ?? { height: USUAL_SIDE, width: USUAL_SIDE };
}

/** Of the order batch, channels, height, width, which these families have. */
const sidesOf = ({ shape }: TensorSpec): TensorSpec['shape'] => shape.slice(shape.length - 2);

/** Rows of boxes that are chosen already; candidates come by the thousand. */
const CHOSEN_FEW = 1000;

function ultralytics(model: DetectorModel): FamilyDefaults {
  const { notes, image, outputs } = model;
  const [rows, columns] = outputs[0]?.shape.slice(-2) ?? [];
  const isFew = typeof rows === 'number' && rows <= CHOSEN_FEW;
  // Masks and points stand behind the six.
  const isChosen =
    isFew && (columns === 6 || (notes?.isEndToEnd === true && typeof columns === 'number' && columns > 6));
  const post = { threshold: 0.25, limit: 300 } as const;
  const manner = { ...PLAIN, isAbove: true };
  if (notes?.isRtDetr)
    return {
      preprocess: { ...byOpenCv, fit: 'stretch', size: sizeOf(model) },
      postprocess: {
        ...post,
        columns: isChosen ? ['box', 'score', 'label'] : ['box', 'classes'],
        format: 'cxcywh',
        unit: 'fractions',
        nms: 'none',
      },
      manner: { ...manner, isRanked: !isChosen },
      isNormalised: false,
    };
  const isFree = sidesOf(image).every((size) => size === null);
  const preprocess: DetectorPreprocess = {
    ...byOpenCv,
    fit: isFree ? 'rectangle' : 'letterbox',
    size: sizeOf(model),
    stride: notes?.stride ?? 32,
  };
  if (isChosen)
    return {
      preprocess,
      postprocess: { ...post, columns: ['box', 'score', 'label'], format: 'xyxy', nms: 'none', clip: true },
      manner,
      isNormalised: false,
    };
  return {
    preprocess,
    postprocess: { ...post, columns: ['box', 'classes'], format: 'cxcywh', nms: 0.7, clip: true },
    manner: { ...manner, classOffset: CLASS_OFFSET, isRanked: true },
    isNormalised: false,
  };
}

const YOLOX_STRIDES = [8, 16, 32];

/** The larger ones answer from a fourth grid. */
function yoloxStrides({ image, outputs }: DetectorModel): number[] {
  const [height, width] = sidesOf(image);
  const rows = outputs[0]?.shape.at(-2);
  if (!height || !width) return YOLOX_STRIDES;
  const four = [...YOLOX_STRIDES, 64];
  const places = four.reduce((sum, stride) => sum + Math.floor(height / stride) * Math.floor(width / stride), 0);
  return rows === places ? four : YOLOX_STRIDES;
}

/** As Hugging Face's processor does it: every class of every query may be an answer, as many as there are queries. */
function rtDetr(model: DetectorModel): FamilyDefaults {
  const queries = model.outputs.find(({ name }) => name === 'logits')?.shape.at(-2);
  return {
    preprocess: { orientation: 'exif', size: sizeOf(model) },
    postprocess: {
      ...HUGGING_FACE,
      output: 'independent',
      multiLabel: true,
      ...(typeof queries === 'number' && { limit: queries }),
    },
    manner: { ...PLAIN, isAbove: true, isRanked: true },
    isNormalised: false,
  };
}

const HUGGING_FACE = {
  boxes: 'pred_boxes',
  scores: 'logits',
  format: 'cxcywh',
  unit: 'fractions',
  nms: 'none',
} as const satisfies Partial<DetectOptions>;

/** The paper's own export: the model is told the picture's size and answers in its pixels. */
function rtDetrWithSizes(model: DetectorModel): FamilyDefaults {
  return {
    preprocess: { orientation: 'exif', size: sizeOf(model) },
    postprocess: { format: 'xyxy', unit: 'image', nms: 'none' },
    manner: { ...PLAIN, isAbove: true },
    isNormalised: false,
  };
}

/** The processor's sides, in pixels. */
const DETR_SHORT = 800;
const DETR_LONG = 1333;

function detr(model: DetectorModel): FamilyDefaults {
  const [height, width] = sidesOf(model.image);
  const classes = model.outputs.find(({ name }) => name === 'logits')?.shape.at(-1);
  return {
    preprocess: {
      orientation: 'exif',
      ...(height && width ? { size: { height, width } } : { resize: DETR_SHORT, longest: DETR_LONG }),
    },
    postprocess: {
      ...HUGGING_FACE,
      output: 'logits',
      // The last class stands for nothing.
      ...(typeof classes === 'number' && { background: classes - 1 }),
    },
    manner: { ...PLAIN, isAbove: true },
    isNormalised: true,
  };
}

/** TensorFlow writes ":0" behind a name where it is that of a tensor. */
function tensorflowNames(outputs: readonly TensorSpec[]): Partial<DetectOptions> {
  const boxes = outputs.find(({ name }) => DETECTION_BOXES.test(name))?.name;
  const beside = (what: string) => boxes?.replace(/detection_boxes/, `detection_${what}`);
  const named = { boxes, scores: beside('scores'), labels: beside('classes') };
  const isThere = (name: string | undefined) => outputs.some((output) => output.name === name);
  return Object.fromEntries(Object.entries(named).filter(([, name]) => isThere(name)));
}
