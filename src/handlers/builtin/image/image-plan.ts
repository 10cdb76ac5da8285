/** Signature and options → how an image becomes the model's input; decided once, at load. */
import { ToolError } from '../../../core/errors.ts';
import type { DetectorPreprocess, ImageMode, PreprocessOptions } from '../../../model/config/image-sections.ts';
import { toMode } from '../../image/convert.ts';
import type { DecodedImage } from '../../image/decode/decoded-image.ts';
import { type Fit, fitPicture } from '../../image/fit.ts';
import { fillTensor, type Geometry, resizerOf, type Size, shapeImage, valueTable } from '../../image/transform.ts';
import type { Dtype, Tensor, TensorSpec } from '../../sdk.ts';
import { numberToHalf } from '../../tensor-values.ts';

/** The defaults where neither the options nor the signature decide. */
export interface ImageDefaults {
  /** Short side to resize to and square to crop; undefined keeps the size. */
  readonly view: { readonly resize: number; readonly crop: number } | undefined;
  /** For images with three channels. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Whether the model may have an input for one image, without a batch axis. */
  readonly takesSingle: boolean;
}

/** torchvision's values for models trained on ImageNet (contract 6.3). */
export const IMAGENET: ImageDefaults = {
  view: { resize: 256, crop: 224 },
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  takesSingle: false,
};

/** Only ToTensor (contract 6.4). */
export const AS_IT_IS: ImageDefaults = { view: undefined, mean: [0, 0, 0], std: [1, 1, 1], takesSingle: true };

type ImageDtype = Extract<Dtype, 'float32' | 'float16' | 'uint8'>;
type Table = Float32Array | Uint16Array | Uint8Array;

export interface ImagePlan {
  readonly input: TensorSpec;
  /** Off for a model that takes one image without a batch axis, as torchvision exports its detectors. */
  readonly batched: boolean;
  readonly dtype: ImageDtype;
  readonly layout: 'NCHW' | 'NHWC';
  readonly mode: ImageMode;
  readonly geometry: Geometry;
  /** Keeps the picture's shape in an input of another; undefined where the geometry says all. */
  readonly fit: Fit | undefined;
  /** Whether pictures are turned as they say they are to be shown. */
  readonly upright: boolean;
  /** Per channel, the tensor's value for each of the 256 pixel values. */
  readonly tables: readonly Table[];
}

/** What may be said of either kind of pictures. */
type Options = Partial<PreprocessOptions & DetectorPreprocess>;

/** `isExact`: of a fit, the exact scale brings boxes back. */
export function planImages(
  input: TensorSpec,
  options: Options,
  defaults: ImageDefaults = IMAGENET,
  isExact = false,
): ImagePlan {
  const dtype = requireDtype(input, defaults.takesSingle);
  const batched = input.shape.length === 4;
  // The axes of one image from here on.
  const item: TensorSpec = { ...input, shape: batched ? input.shape.slice(1) : input.shape };
  const layout = options.layout ?? findLayout(item);
  const [height, width] = layout === 'NCHW' ? item.shape.slice(1) : item.shape;
  const channels = findChannels(item, layout, options.mode);
  const mode = options.mode ?? (channels === 1 ? 'L' : 'RGB');
  const geometry = planGeometry({ height: height ?? null, width: width ?? null }, options, defaults.view);
  const fit = planFit(geometry, options, isExact);
  const upright = options.orientation === 'exif';
  const tables = planTables(dtype, channels, options, defaults);
  return { input, batched, dtype, layout, mode, geometry, fit, upright, tables };
}

/** One image as an item without the batch axis. */
export function toImageTensor(image: DecodedImage, plan: ImagePlan): Tensor {
  const { dtype, fit, geometry, layout, mode, tables } = plan;
  const picture = toMode(image, mode);
  const pixels = fit === undefined ? shapeImage(picture, geometry) : fitPicture(picture, fit, resizerOf(geometry));
  const { channels, height, width } = pixels;
  const Data = dtype === 'float32' ? Float32Array : dtype === 'float16' ? Uint16Array : Uint8Array;
  const data = new Data(channels * height * width);
  fillTensor(pixels, tables, layout, data);
  return { dtype, shape: layout === 'NCHW' ? [channels, height, width] : [height, width, channels], data };
}

function requireDtype({ name, dtype, shape }: TensorSpec, takesSingle: boolean): ImageDtype {
  if (shape.length !== 4 && !(takesSingle && shape.length === 3))
    throw refuse(`input "${name}" has ${shape.length} axes; images need four (batch, channels, height, width)`);
  if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'uint8')
    throw refuse(`input "${name}" is ${dtype}; images can be float32, float16 or uint8`);
  return dtype;
}

const isChannels = (size: number | null | undefined): boolean => size === 1 || size === 3;

function findLayout({ name, shape }: TensorSpec): 'NCHW' | 'NHWC' {
  if (isChannels(shape[0])) return 'NCHW';
  if (isChannels(shape[2])) return 'NHWC';
  // If no axis decides, PyTorch's order: exports of torchvision models have it.
  if (shape[0] === null) return 'NCHW';
  throw refuse(
    `an image of input "${name}" has shape [${shape.map((size) => size ?? '?').join(', ')}]; no axis has the 1 or 3 channels of an image`,
  );
}

function findChannels({ name, shape }: TensorSpec, layout: 'NCHW' | 'NHWC', mode: ImageMode | undefined): 1 | 3 {
  const declared = layout === 'NCHW' ? shape[0] : shape[2];
  const wanted = mode === undefined ? undefined : mode === 'L' ? 1 : 3;
  if (declared === null || declared === undefined) return wanted ?? 3;
  if (!isChannels(declared))
    throw refuse(`input "${name}" has ${declared} channels in layout ${layout}; an image has 1 or 3`);
  if (wanted !== undefined && wanted !== declared)
    throw refuse(`preprocess.mode ${mode} has ${wanted} channels, but input "${name}" takes ${declared}`);
  return declared === 1 ? 1 : 3;
}

/** What a side of a rectangle is a multiple of, where nothing says it. */
const USUAL_STRIDE = 32;

function planFit(
  { resize }: Geometry,
  { fit, pad = 0, stride = USUAL_STRIDE }: Options,
  exact: boolean,
): Fit | undefined {
  if (fit === undefined || fit === 'stretch') return undefined;
  if (typeof resize === 'object') return { way: fit, size: resize, pad, stride, exact };
  throw refuse(
    `preprocess.fit is ${fit}, which needs a size: the model's input leaves it open, so set preprocess.size`,
  );
}

function planGeometry(
  signature: { height: number | null; width: number | null },
  options: Options,
  view: ImageDefaults['view'],
): Geometry {
  const { antialias, interpolation, longest } = options;
  if (antialias === false && (interpolation === 'lanczos' || interpolation === 'opencv'))
    throw refuse(
      `preprocess.antialias: false is torch's bilinear, bicubic or nearest; interpolation is ${interpolation}`,
    );
  const geometry = {
    ...chooseGeometry(signature, withCropShare(signature, options, view), view),
    antialias,
    interpolation,
    longest,
  };
  const final = geometry.crop ?? (typeof geometry.resize === 'object' ? geometry.resize : undefined);
  for (const axis of ['height', 'width'] as const) {
    const expected = signature[axis];
    if (expected === null || (final && final[axis] === expected)) continue;
    throw refuse(
      `preprocess gives images of ${axis} ${final?.[axis] ?? 'that varies'}, but the model takes ${expected}`,
    );
  }
  return geometry;
}

interface Sizes {
  readonly size?: Size | undefined;
  readonly resize?: number | Size | undefined;
  readonly crop?: Size | undefined;
}

/** timm's crop_pct and crop_mode as a resize: so large that the crop is that share of it. */
function withCropShare(
  { height, width }: { height: number | null; width: number | null },
  { size, resize, crop, cropPct, cropMode = 'center' }: Options,
  view: ImageDefaults['view'],
): Sizes {
  if (cropPct === undefined && cropMode === 'center') return { size, resize, crop };
  const fixed = height === null || width === null ? undefined : { height, width };
  const part = crop ?? fixed ?? (view === undefined ? undefined : square(view.crop));
  if (part === undefined) throw refuse('preprocess.cropPct and cropMode need a crop');
  const scale = (side: number) => Math.floor(side / (cropPct ?? 1));
  if (cropMode === 'squash') return { resize: { height: scale(part.height), width: scale(part.width) }, crop: part };
  if (part.height !== part.width) throw refuse('preprocess.cropPct of a crop that is no square needs cropMode: squash');
  return { resize: scale(part.height), crop: part };
}

function chooseGeometry(
  { height, width }: { height: number | null; width: number | null },
  { size, resize, crop }: Sizes,
  view: ImageDefaults['view'],
): Pick<Geometry, 'resize' | 'crop'> {
  if (size !== undefined) return { resize: size, crop: undefined };
  const fixed: Size | undefined = height === null || width === null ? undefined : { height, width };
  const fallback = view === undefined ? undefined : square(view.crop);
  if (resize !== undefined || crop !== undefined)
    return { resize: resize ?? view?.resize, crop: crop ?? (view === undefined ? undefined : (fixed ?? fallback)) };
  const usesView = fixed === undefined || (fixed.height === fallback?.height && fixed.width === fallback.width);
  return usesView ? { resize: view?.resize, crop: fallback } : { resize: fixed, crop: undefined };
}

const square = (side: number): Size => ({ height: side, width: side });

function planTables(
  dtype: ImageDtype,
  channels: 1 | 3,
  { range, mean, std }: Options,
  defaults: ImageDefaults,
): readonly Table[] {
  if (dtype === 'uint8') {
    if (range || mean || std)
      throw refuse('preprocess.range, mean and std need a model with float input; this one takes uint8 pixels');
    const identity = Uint8Array.from({ length: 256 }, (_, value) => value);
    return Array.from({ length: channels }, () => identity);
  }
  // With a custom range the scale is different: ImageNet's mean and deviation belong to [0, 1] only.
  const usesDefaults = channels === 3 && range === undefined && mean === undefined && std === undefined;
  const normalisation = {
    range: range ?? ([0, 1] as const),
    mean: usesDefaults ? defaults.mean : spread(mean, channels, 'mean', 0),
    std: usesDefaults ? defaults.std : spread(std, channels, 'std', 1),
  };
  const tables = Array.from({ length: channels }, (_, channel) => valueTable(normalisation, channel));
  return dtype === 'float16' ? tables.map((table) => Uint16Array.from(table, numberToHalf)) : tables;
}

/** A single value applies to every channel. */
function spread(
  values: readonly number[] | undefined,
  channels: number,
  key: string,
  fallback: number,
): readonly number[] {
  if (values === undefined) return Array(channels).fill(fallback);
  if (values.length === 1) return Array(channels).fill(values[0]);
  if (values.length !== channels)
    throw refuse(`preprocess.${key} has ${values.length} values for ${channels} channels`);
  return values;
}

function refuse(reason: string): ToolError {
  return new ToolError('CONFIG_INVALID', { path: 'model-config.yaml', reason });
}
