/** preprocessor_config.json of an image classifier → `preprocess` of model-config.yaml, where that says the same. */
import { z } from 'zod';
import { flag, number, numbers, parseAs, text } from '../../common/values.ts';

const side = z.number().int().min(1);
const sizeSchema = z
  .union([
    side.transform((length) => ({ height: length, width: length })),
    z.object({ height: side, width: side }),
    z.object({ shortest_edge: side }),
  ])
  .optional()
  .catch(undefined);

const schema = z.object({
  do_resize: flag,
  size: sizeSchema,
  do_center_crop: flag,
  crop_size: sizeSchema,
  crop_pct: number,
  resample: number,
  do_rescale: flag,
  rescale_factor: number,
  do_normalize: flag,
  image_mean: numbers,
  image_std: numbers,
});

const timmSchema = z.object({
  input_size: z.tuple([side, side, side]).optional().catch(undefined),
  crop_pct: number,
  mean: numbers,
  std: numbers,
  interpolation: text,
});

/** Pillow's number of the filter that our image_classifier has too. */
const BILINEAR = 2;

export interface ImageSettings {
  readonly preprocess: Record<string, unknown>;
  readonly notes: readonly string[];
}

/** Undefined where image_classifier cannot do the same. */
export function readImageSettings(document: unknown): ImageSettings | undefined {
  const found = parseAs(schema, document);
  const sizes = found && toSizes(found);
  if (found === undefined || sizes === undefined) return undefined;
  const factor = found.do_rescale === false ? 1 : (found.rescale_factor ?? 1 / 255);
  const isNormalised = found.do_normalize !== false && found.image_mean !== undefined && found.image_std !== undefined;
  const preprocess = {
    ...sizes,
    range: [0, roundOff(255 * factor)],
    mean: isNormalised ? found.image_mean : 0,
    std: isNormalised ? found.image_std : 1,
  };
  const isBilinear = found.resample === undefined || found.resample === BILINEAR;
  return { preprocess, notes: isBilinear ? [] : [otherFilter(`resample ${found.resample}`)] };
}

/** 255 times 1/255 as it was written with sixteen digits. */
const roundOff = (value: number) => Number(value.toPrecision(12));

const otherFilter = (seen: string) =>
  `It was trained with another filter (${seen}) than the bilinear one that image_classifier resizes with: scores differ a little.`;

type Found = z.output<typeof schema>;

function toSizes({ do_resize, size, do_center_crop, crop_size, crop_pct }: Found) {
  const crop =
    do_center_crop === true && crop_size !== undefined && 'height' in crop_size ? pair(crop_size) : undefined;
  if (do_resize === false || size === undefined) return undefined;
  if ('height' in size) {
    const exact = pair(size);
    return crop === undefined || String(crop) === String(exact) ? { size: exact } : undefined;
  }
  const { shortest_edge: edge } = size;
  if (crop !== undefined) return { resize: edge, crop };
  // ConvNeXt: resized by this share, then cut to the edge; from 384 on without a cut.
  if (crop_pct !== undefined && crop_pct > 0)
    return edge >= 384 ? { size: [edge, edge] } : { resize: Math.floor(edge / crop_pct), crop: [edge, edge] };
  return undefined;
}

const pair = ({ height, width }: { height: number; width: number }) => [height, width];

/** `pretrained_cfg` of timm, whose evaluation resizes the short side and cuts the middle. */
export function readTimmSettings(document: unknown): ImageSettings | undefined {
  const found = parseAs(timmSchema, document);
  if (found?.input_size === undefined || found.mean === undefined || found.std === undefined) return undefined;
  const [, height, width] = found.input_size;
  if (height !== width) return undefined;
  const preprocess = {
    resize: Math.floor(height / (found.crop_pct ?? 0.875)),
    crop: [height, width],
    mean: found.mean,
    std: found.std,
  };
  const isOther = found.interpolation !== undefined && found.interpolation !== 'bilinear';
  return { preprocess, notes: isOther ? [otherFilter(`interpolation ${found.interpolation}`)] : [] };
}
