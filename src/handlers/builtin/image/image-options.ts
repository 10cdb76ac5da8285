/** What model-config.yaml may say about images and scores; everything has TorchServe's value or one that follows from the model's signature. */
import { z } from 'zod';
import { ToolError } from '../../../core/errors.ts';
import { imageModes } from '../../image/pixels.ts';

const side = z.number().int().min(1).max(65_535);
/** One side of a square, or [height, width]. */
const sizeSchema = z.union([
  side.transform((length) => ({ height: length, width: length })),
  z.tuple([side, side]).transform(([height, width]) => ({ height, width })),
]);
const perChannel = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(3)]);

export const preprocessSchema = z
  .strictObject({
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
      .refine((values) => values.every((value) => value !== 0), 'a standard deviation of 0 cannot be divided by')
      .optional(),
    /** Order of the axes of the model's input. Default: by which axis of the signature has one or three channels. */
    layout: z.enum(['NCHW', 'NHWC']).optional(),
  })
  .refine(
    ({ size, resize, crop }) => size === undefined || (resize === undefined && crop === undefined),
    'size stands alone: it leaves nothing to resize or crop',
  )
  .default({});

export const classifySchema = z
  .strictObject({
    /** `logits` (also log-probabilities): softmax is applied. `probabilities`: the scores are taken as they are. Default: as the model ends. */
    output: z.enum(['logits', 'probabilities']).optional(),
    /** Classes in an answer; fewer when the model has fewer. */
    topk: z.number().int().min(1).default(5),
    /** Name of the output to read. Default: the first. */
    name: z.string().optional(),
  })
  .prefault({});

/** A box is four wide; classes have a score each and take what is left. */
const columns = ['image', 'box', 'objectness', 'score', 'label', 'classes'] as const;
export type Column = (typeof columns)[number];

export const detectSchema = z
  .strictObject({
    /** Answers below are left out. Default 0.5, TorchServe's. */
    threshold: z.number().default(0.5),
    /** Of boxes of one class that overlap more than this (intersection over union), the best stays. Default: 0.5 for a model that scores every class of every box, none for one that names labels. */
    nms: z.union([z.literal('none'), z.number().min(0).max(1)]).optional(),
    /** What four numbers of a box are. Default: cxcywh for candidates in one output, else xyxy. */
    format: z.enum(['xyxy', 'yxyx', 'xywh', 'cxcywh']).optional(),
    /** Unit of those numbers: pixels of the model's input, or fractions of its sides. */
    unit: z.enum(['pixels', 'fractions']).default('pixels'),
    /** Class that stands for nothing; never answered. */
    background: z.number().int().min(0).optional(),
    /** Most boxes in an answer. Default: no bound. */
    limit: z.number().int().min(1).optional(),
    /** What the scores are. `logits`: softmax over the classes of a box. `independent`: each has a sigmoid of its own. */
    output: z.enum(['probabilities', 'logits', 'independent']).optional(),
    /** What the columns of a single output are, in their order. Default: as the YOLO family has them. */
    columns: z
      .array(z.enum(columns))
      .refine((list) => new Set(list).size === list.length, 'a column stands twice')
      .refine((list) => list.includes('box'), 'box is missing')
      .refine((list) => list.includes('classes') || list.includes('score'), 'score or classes are missing')
      .optional(),
    /** Names of outputs. Default: those called so; else the one of four columns, the first other one, none. */
    boxes: z.string().optional(),
    scores: z.string().optional(),
    labels: z.string().optional(),
  })
  .prefault({});

export const segmentSchema = classifySchema.unwrap().omit({ topk: true }).prefault({});

export type DetectOptions = z.infer<typeof detectSchema>;
export type PreprocessOptions = z.infer<typeof preprocessSchema>;
export type ClassifyOptions = z.infer<typeof classifySchema>;

/** The part of model-config.yaml under `key`; throws CONFIG_INVALID with the first problem. */
export function readOptions<T>(schema: z.ZodType<T>, config: Readonly<Record<string, unknown>>, key: string): T {
  const result = schema.safeParse(config[key] ?? undefined);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = [key, ...(issue?.path ?? [])].join('.');
  throw new ToolError('CONFIG_INVALID', { path: 'model-config.yaml', reason: `${where}: ${issue?.message}` });
}
