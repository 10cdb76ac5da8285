/**
 * The keys of model-config.yaml that the built-in handlers over ONNX read, under `preprocess` and `postprocess`. The
 * default of every key is TorchServe's, or follows from the model's signature.
 */
import { z } from 'zod';
import { ToolError } from '../../core/errors.ts';

/** Modes to which an image can be converted, with Pillow's names; BGR is RGB with the channels swapped. */
export const imageModes = ['RGB', 'BGR', 'L'] as const;
export type ImageMode = (typeof imageModes)[number];

/** Pillow's filters by their names there, and OpenCV's bilinear. */
export const interpolations = ['bilinear', 'nearest', 'bicubic', 'lanczos', 'opencv'] as const;
export type Interpolation = (typeof interpolations)[number];

const side = z.number().int().min(1).max(65_535);
/** One side of a square, or [height, width]. */
const sizeSchema = z.union([
  side.transform((length) => ({ height: length, width: length })),
  z.tuple([side, side]).transform(([height, width]) => ({ height, width })),
]);
const perChannel = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(3)]);

const image = z.strictObject({
  /** Channels of the model's input. Default: RGB for three channels, L (gray) for one. */
  mode: z.enum(imageModes).optional(),
  /** Exact [height, width] of the resized image, without a crop. Default: the signature's, unless that is 224 x 224 or free. */
  size: sizeSchema.optional(),
  /** Short side of the resized image. Default 256. */
  resize: side.optional(),
  /** Part cut from the middle. Default 224. */
  crop: sizeSchema.optional(),
  /** Values to which pixel values 0 and 255 are scaled before mean and std. Default [0, 1]. */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** Subtracted, per channel. Default: ImageNet's for three channels, 0 for one. */
  mean: perChannel.optional(),
  /** Divided by, per channel. Default: ImageNet's for three channels, 1 for one. */
  std: perChannel
    .refine((values) => values.every((value) => value !== 0), 'a standard deviation must not be 0')
    .optional(),
  /** Order of the axes of the model's input. Default: by the axis of the signature with one or three channels. */
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  /** How pixels are mixed when the size changes: Pillow's filters, or `opencv`, its INTER_LINEAR. Default: bilinear. */
  interpolation: z.enum(interpolations).optional(),
  /** `false`: as torchvision resizes tensors without antialias, where shrinking skips pixels. Default: true, as Pillow always does. */
  antialias: z.boolean().optional(),
  /** `exif`: turned as the picture says it is to be shown. Default: as it is stored. */
  orientation: z.enum(['stored', 'exif']).optional(),
});

const SIZE_STANDS_ALONE = 'size stands alone: it leaves nothing to resize or crop';
const standsAlone = ({ size, resize, crop }: z.infer<typeof image>): boolean =>
  size === undefined || (resize === undefined && crop === undefined);

/** How a part is cut from the middle. */
const croppedImage = image.extend({
  /** Share of the resized image that the crop is, as timm says it: instead of `resize`. */
  cropPct: z.number().positive().max(1).optional(),
  /** timm's crop_mode: `center` keeps the shape of the image, `squash` does not. Default: center. */
  cropMode: z.enum(['center', 'squash']).optional(),
});

const imagePreprocess = croppedImage
  .refine(standsAlone, SIZE_STANDS_ALONE)
  .refine(
    ({ cropPct, cropMode, size, resize }) =>
      (cropPct === undefined && cropMode === undefined) || (size === undefined && resize === undefined),
    'cropPct and cropMode say how large the image becomes: size and resize have no place beside them',
  )
  .default({});

/** Ways a picture gets into an input of another shape. */
export const fits = ['stretch', 'letterbox', 'rectangle', 'corner'] as const;

const detectorImage = image.extend({
  /** Most pixels of the long side, where `resize` says the short one. */
  longest: side.optional(),
  /** `stretch`: to the size. The others keep the shape: `letterbox` in the middle, `corner` at the top left, `rectangle` with no more padding than `stride` asks for. */
  fit: z.enum(fits).optional(),
  /** Pixel value of what the picture leaves free. */
  pad: z.number().int().min(0).max(255).optional(),
  /** Sides of a `rectangle` are multiples of it. */
  stride: z.number().int().min(1).max(1024).optional(),
});

const detectorPreprocess = detectorImage
  .refine(standsAlone, SIZE_STANDS_ALONE)
  .refine(({ crop }) => crop === undefined, 'crop would cut objects off; object_detector takes size or resize')
  .default({});

const classes = z.strictObject({
  /** `logits` (also log-probabilities): softmax is applied. `probabilities`: the scores are taken as they are. Default: as the model ends. */
  output: z.enum(['logits', 'probabilities']).optional(),
  /** Classes in an answer; fewer when the model has fewer. */
  topk: z.number().int().min(1).default(5),
  /** Name of the output to read. Default: the first. */
  name: z.string().optional(),
});

/** A box has four columns; the scores of the classes have the rest. */
const columns = ['image', 'box', 'objectness', 'score', 'label', 'classes'] as const;
export type Column = (typeof columns)[number];

/** What detectors are exported from: each sets the defaults of both sections. */
export const families = [
  'ultralytics',
  'yolov5',
  'yolox',
  'rt-detr',
  'detr',
  'ssd',
  'tensorflow',
  'torchvision',
] as const;
export type Family = (typeof families)[number];

const boxes = z.strictObject({
  /** Default: recognised by the signature and the metadata. */
  family: z.enum(families).optional(),
  /** Answers below are left out. Default: the family's; TorchServe's 0.5. */
  threshold: z.number().optional(),
  /** Of boxes of one class that overlap more than this (intersection over union), the best stays. Default: the family's; 0.5 for a model that scores every class of every box, none for one that names labels. */
  nms: z.union([z.literal('none'), z.number().min(0).max(1)]).optional(),
  /** Meaning of the four numbers of a box. Default: cxcywh for candidates in one output, else xyxy. */
  format: z.enum(['xyxy', 'yxyx', 'xywh', 'cxcywh']).optional(),
  /** Whether boxes of different classes compete too. */
  agnostic: z.boolean().optional(),
  /** Whether a box is answered with each of its classes that reaches the threshold, not the best alone. */
  multiLabel: z.boolean().optional(),
  /** Whether boxes end at the edges of the picture. */
  clip: z.boolean().optional(),
  /** Pixels of the steps of each grid, for boxes that are given as steps of it. Default for YOLOX: [8, 16, 32]. */
  strides: z.union([z.literal('none'), z.array(z.number().int().min(1).max(1024)).min(1).max(8)]).optional(),
  /** Unit of those numbers: pixels of the model's input or of the image that was sent, or fractions of its sides. Default: pixels. */
  unit: z.enum(['pixels', 'fractions', 'image']).optional(),
  /** Class that stands for nothing; never answered. */
  background: z.number().int().min(0).optional(),
  /** Most boxes in an answer. Default: no bound. */
  limit: z.number().int().min(1).optional(),
  /** Kind of the scores. `logits`: softmax over the classes of a box. `independent`: each has a sigmoid of its own. */
  output: z.enum(['probabilities', 'logits', 'independent']).optional(),
  /** Columns of a single output, in order. Default: those of the YOLO family. */
  columns: z
    .array(z.enum(columns))
    .refine((list) => new Set(list).size === list.length, 'a column occurs twice')
    .refine((list) => list.includes('box'), 'box is missing')
    .refine((list) => list.includes('classes') || list.includes('score'), 'score or classes are missing')
    .optional(),
  /**
   * Names of outputs. Default: the outputs with these names; else the one with four columns, the first other one, none.
   */
  boxes: z.string().optional(),
  scores: z.string().optional(),
  labels: z.string().optional(),
});

const text = z.strictObject({
  /**
   * Maximum ids of a text, with special tokens; a longer one is truncated. Default: the signature's, else
   * tokenizer.json's, else no limit.
   */
  maxLength: z.number().int().min(1).optional(),
});

const textClasses = z.strictObject({
  /** `logits`: softmax. `probabilities`: as they are. `independent`: each score has a sigmoid of its own (several classes may be true). Default: as the model ends. */
  output: z.enum(['logits', 'probabilities', 'independent']).optional(),
  /** Classes in an answer, best first. Default: all, in their order. */
  topk: z.number().int().min(1).optional(),
  /** Name of the output to read. Default: the first. */
  name: z.string().optional(),
});

const embeddingText = text.extend({
  /** Stands before every text, as models that tell queries from passages want it. */
  prompt: z.string().optional(),
});

/** What a text's vector is made of: sentence-transformers' ways. */
export const poolings = ['mean', 'cls', 'last', 'max', 'none'] as const;
export type Pooling = (typeof poolings)[number];

const embedding = z.strictObject({
  /** Of the vectors of all tokens: their mean, the first, the last, the greatest of each number; `none` for a model that answers one vector a text. Default: 1_Pooling/config.json, else mean. */
  pooling: z.enum(poolings).optional(),
  /** Whether vectors are brought to length 1. Default: whether modules.json names Normalize. */
  normalize: z.boolean().optional(),
  /** Numbers that are kept of a vector, from its start, before it is normalised. Default: all. */
  dimensions: z.number().int().min(1).optional(),
  /** Name of the output to read. Default: sentence_embedding, else token_embeddings or last_hidden_state, else the first. */
  name: z.string().optional(),
});

const table = z.strictObject({
  /** Names of the columns of a model that takes all of them as one matrix, in its order. */
  columns: z.array(z.string()).min(1).optional(),
  /** Columns that may be sent and are not read. */
  ignore: z.array(z.string()).optional(),
});
const noAnswerKeys = z.strictObject({});

const pixels = classes.omit({ topk: true });

const sectionNames = ['preprocess', 'postprocess'] as const;
export type SectionName = (typeof sectionNames)[number];

/** The sections of one handler, with the names of its keys for did-you-mean. */
export interface HandlerKeys<T> {
  readonly schema: z.ZodType<T>;
  readonly known: Readonly<Record<SectionName, readonly string[]>>;
}

function defineKeys<P, Q>(
  preprocess: z.ZodType<P>,
  postprocess: z.ZodType<Q>,
  known: HandlerKeys<unknown>['known'],
): HandlerKeys<{ preprocess: P; postprocess: Q }> {
  return { schema: z.object({ preprocess, postprocess }), known };
}

const namesOf = (schema: z.ZodObject): readonly string[] => Object.keys(schema.shape);

export const imageClassifierKeys = defineKeys(imagePreprocess, classes.prefault({}), {
  preprocess: namesOf(croppedImage),
  postprocess: namesOf(classes),
});
export const objectDetectorKeys = defineKeys(detectorPreprocess, boxes.prefault({}), {
  preprocess: namesOf(detectorImage),
  postprocess: namesOf(boxes),
});
export const imageSegmenterKeys = defineKeys(imagePreprocess, pixels.prefault({}), {
  preprocess: namesOf(croppedImage),
  postprocess: namesOf(pixels),
});
export const textClassifierKeys = defineKeys(text.default({}), textClasses.prefault({}), {
  preprocess: namesOf(text),
  postprocess: namesOf(textClasses),
});
export const textEmbeddingKeys = defineKeys(embeddingText.default({}), embedding.default({}), {
  preprocess: namesOf(embeddingText),
  postprocess: namesOf(embedding),
});
export const tabularKeys = defineKeys(table.default({}), noAnswerKeys.default({}), {
  preprocess: namesOf(table),
  postprocess: [],
});

const handlerKeys: ReadonlyMap<string, HandlerKeys<unknown>> = new Map<string, HandlerKeys<unknown>>([
  ['image_classifier', imageClassifierKeys],
  ['object_detector', objectDetectorKeys],
  ['image_segmenter', imageSegmenterKeys],
  ['text_classifier', textClassifierKeys],
  ['text_embedding', textEmbeddingKeys],
  ['tabular', tabularKeys],
]);

export type PreprocessOptions = z.infer<typeof imagePreprocess>;
export type DetectorPreprocess = z.infer<typeof detectorPreprocess>;
export type ClassifyOptions = z.infer<typeof classes>;
export type DetectOptions = z.infer<typeof boxes>;
export type EmbeddingOptions = z.infer<typeof embedding>;
export type TableOptions = z.infer<typeof table>;
export type TextScoring = NonNullable<z.infer<typeof textClasses>['output']>;

type Values = Readonly<Record<string, unknown>>;

/** An empty section counts as absent. */
const sectionsOf = ({ preprocess, postprocess }: Values) => ({
  preprocess: preprocess ?? undefined,
  postprocess: postprocess ?? undefined,
});

/** The settings of model-config.yaml for a handler. Throws CONFIG_INVALID with the first problem. */
export function readHandlerOptions<T>({ schema }: HandlerKeys<T>, config: Values): T {
  const result = schema.safeParse(sectionsOf(config));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = `${issue?.path.join('.')}: ${issue?.message}`;
  throw new ToolError('CONFIG_INVALID', { path: 'model-config.yaml', reason });
}

/** A value that a built-in handler refuses when it loads, or a key it does not know. */
export interface HandlerKeyProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The unknown key, and the keys allowed there. */
  readonly unknown?: { readonly key: string; readonly known: readonly string[] };
}

/** Names of the sections that a built-in handler over ONNX reads; empty for one that reads none. */
export function handlerSections(handler: string): readonly SectionName[] {
  return handlerKeys.has(handler) ? sectionNames : [];
}

/** Everything that a built-in handler would refuse in its sections. */
export function checkHandlerKeys(handler: string, config: Values): HandlerKeyProblem[] {
  const keys = handlerKeys.get(handler);
  const issues = keys?.schema.safeParse(sectionsOf(config)).error?.issues ?? [];
  return issues.flatMap((issue): HandlerKeyProblem[] => {
    const { path, message } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, message }];
    const known = sectionNames.flatMap((name) => (name === path[0] ? (keys?.known[name] ?? []) : []));
    return issue.keys.map((key) => ({ path: [...path, key], message: 'the key is unknown', unknown: { key, known } }));
  });
}
