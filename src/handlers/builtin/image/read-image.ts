/** The request forms of TorchServe's vision handlers (contract 6.2). */
import { decodeImage } from '../../image/decode/decode.ts';
import type { Size } from '../../image/transform.ts';
import { type HandlerContext, PredictionError, type Row, type Tensor } from '../../sdk.ts';
import { flattenNested, TensorError, toTensorData } from '../../tensor-values.ts';
import { requestValue } from '../common/request-value.ts';
import { type ImagePlan, toImageTensor } from './image-plan.ts';

export interface ReadImage {
  /** Input of the model, without the batch axis. */
  readonly tensor: Tensor;
  /** The image's own size; undefined if the request is the tensor itself. */
  readonly size: Size | undefined;
}

/** Bytes are an image, a string is one in base64, nested lists are the normalised tensor itself. */
export async function readImage(row: Row, plan: ImagePlan, limitPixels: boolean): Promise<ReadImage> {
  const value = requestValue(row);
  if (value instanceof Uint8Array) return fromBytes(value, plan, limitPixels);
  if (typeof value === 'string') return fromBytes(fromBase64(value), plan, limitPixels);
  if (Array.isArray(value)) return { tensor: readTensor(value, plan), size: undefined };
  throw new PredictionError('Expected an image as bytes, as base64 text, or as nested JSON lists of numbers.', 400);
}

export function readTensors(rows: readonly Row[], plan: ImagePlan, context: HandlerContext): Promise<Tensor[]> {
  return Promise.all(rows.map(async (row) => (await readImage(row, plan, context.limitMaxImagePixels)).tensor));
}

async function fromBytes(bytes: Uint8Array, plan: ImagePlan, limitPixels: boolean): Promise<ReadImage> {
  const image = await decodeImage(bytes, limitPixels, plan.upright);
  return { tensor: toImageTensor(image, plan), size: { width: image.width, height: image.height } };
}

/** As lenient as Python's b64decode; the prefix of a data URL is removed. */
function fromBase64(text: string): Uint8Array {
  return Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64');
}

function readTensor(value: readonly unknown[], { batched, input }: ImagePlan): Tensor {
  const { name, dtype, shape: expected } = input;
  try {
    const { shape, values } = flattenNested(value);
    const item = batched ? expected.slice(1) : expected;
    if (shape.length !== item.length || shape.some((size, axis) => item[axis] !== null && item[axis] !== size)) {
      throw new TensorError(
        `expected lists of shape [${item.map((size) => size ?? '?').join(', ')}], got [${shape.join(', ')}]`,
      );
    }
    return { dtype, shape, data: toTensorData(dtype, values) };
  } catch (cause) {
    if (cause instanceof TensorError) throw new PredictionError(`Input "${name}": ${cause.message}.`, 400);
    throw cause;
  }
}
