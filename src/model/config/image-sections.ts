/** What the handlers of images read from model-config.yaml: how a picture is prepared, and what a detector's boxes are. */
import { z } from 'zod';

/** Modes an image can be brought to, in Pillow's words; BGR is RGB with the channels swapped. */
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
  /** Channels the model sees. Default: RGB for three channels, L (gray) for one. */
  mode: z.enum(imageModes).optional(),
  /** Exact [height, width] of the resized image, without a crop. Default: the signature's, unless that is 224 x 224 or free. */
  size: sizeSchema.optional(),
  /** Short side of the resized image. Default 256. */
  resize: side.optional(),
  /** Part cut from the middle. Default 224. */
  crop: sizeSchema.optional(),
  /** What pixel values 0 and 255 become before mean and std. Default [0, 1]. */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** Subtracted, per channel. Default: ImageNet's for three channels, 0 for one. */
  mean: perChannel.optional(),
  /** Divided by, per channel. Default: ImageNet's for three channels, 1 for one. */
  std: perChannel
    .refine((values) => values.every((value) => value !== 0), 'a standard deviation must not be 0')
    .optional(),
  /** Order of the axes of the model's input. Default: by which axis of the signature has one or three channels. */
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  /** How pixels are mixed when the size changes: Pillow's filters, or `opencv`, its INTER_LINEAR. Default: bilinear. */
  interpolation: z.enum(interpolations).optional(),
  /** `false`: as torchvision resizes tensors without antialias, where shrinking skips pixels. Default: true, as Pillow always does. */
  antialias: z.boolean().optional(),
  /** `exif`: turned as the picture says it is to be shown. Default: as it is stored. */
  orientation: z.enum(['stored', 'exif']).optional(),
});

const SIZE_EXCLUDES = 'size excludes resize and crop';
const excludesOthers = ({ size, resize, crop }: z.infer<typeof image>): boolean =>
  size === undefined || (resize === undefined && crop === undefined);

/** How a part is cut from the middle. */
export const croppedImage = image.extend({
  /** Share of the resized image that the crop is, as timm says it: instead of `resize`. */
  cropPct: z.number().positive().max(1).optional(),
  /** timm's crop_mode: `center` keeps the shape of the image, `squash` does not. Default: center. */
  cropMode: z.enum(['center', 'squash']).optional(),
});

export const imagePreprocess = croppedImage
  .refine(excludesOthers, SIZE_EXCLUDES)
  .refine(
    ({ cropPct, cropMode, size, resize }) =>
      (cropPct === undefined && cropMode === undefined) || (size === undefined && resize === undefined),
    'cropPct and cropMode say how large the image becomes: size and resize have no place beside them',
  )
  .default({});

/** Ways a picture gets into an input of another shape. */
export const fits = ['stretch', 'letterbox', 'rectangle', 'corner'] as const;

export const detectorImage = image.extend({
  /** Most pixels of the long side, where `resize` says the short one. */
  longest: side.optional(),
  /** `stretch`: to the size. The others keep the shape: `letterbox` in the middle, `corner` at the top left, `rectangle` with no more padding than `stride` asks for. */
  fit: z.enum(fits).optional(),
  /** Pixel value of what the picture leaves free. */
  pad: z.number().int().min(0).max(255).optional(),
  /** Sides of a `rectangle` are multiples of it. */
  stride: z.number().int().min(1).max(1024).optional(),
});

export const detectorPreprocess = detectorImage
  .refine(excludesOthers, SIZE_EXCLUDES)
  .refine(({ crop }) => crop === undefined, 'crop could remove objects; object_detector accepts size or resize')
  .default({});

/** A box is four wide; classes have a score each and take what is left. */
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

export const boxes = z.strictObject({
  /** Default: recognised by the signature and the metadata. */
  family: z.enum(families).optional(),
  /** Answers below are left out. Default: the family's; TorchServe's 0.5. */
  threshold: z.number().optional(),
  /** Of boxes of one class that overlap more than this (intersection over union), the best stays. Default: the family's; 0.5 for a model that scores every class of every box, none for one that names labels. */
  nms: z.union([z.literal('none'), z.number().min(0).max(1)]).optional(),
  /** What four numbers of a box are. Default: cxcywh for candidates in one output, else xyxy. */
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
  /** What the scores are. `logits`: softmax over the classes of a box. `independent`: each has a sigmoid of its own. */
  output: z.enum(['probabilities', 'logits', 'independent']).optional(),
  /** What the columns of a single output are, in their order. Default: as the YOLO family has them. */
  columns: z
    .array(z.enum(columns))
    .refine((list) => new Set(list).size === list.length, 'a column occurs twice')
    .refine((list) => list.includes('box'), 'box is missing')
    .refine((list) => list.includes('classes') || list.includes('score'), 'score or classes are missing')
    .optional(),
  /** Names of outputs. Default: those called so; else the one of four columns, the first other one, none. */
  boxes: z.string().optional(),
  scores: z.string().optional(),
  labels: z.string().optional(),
});

export type PreprocessOptions = z.infer<typeof imagePreprocess>;
export type DetectorPreprocess = z.infer<typeof detectorPreprocess>;
export type DetectOptions = z.infer<typeof boxes>;
