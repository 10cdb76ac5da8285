/** The request forms of TorchServe's vision handlers (contract 6.2). */
import { decodeImage } from '../image/decode.ts';
import { PredictionError, type Row, type Tensor, type TensorSpec } from '../sdk.ts';
import { flattenNested, TensorError, toTensorData } from '../tensor-values.ts';
import { type ImagePlan, toImageTensor } from './image-plan.ts';
import { requestValue } from './request-value.ts';

/** Bytes are an image, a string is one in base64, nested lists are the tensor itself, already normalised. An item without the batch axis. */
export async function readImage(row: Row, plan: ImagePlan, limitPixels: boolean): Promise<Tensor> {
  const value = requestValue(row);
  if (value instanceof Uint8Array) return toImageTensor(await decodeImage(value, limitPixels), plan);
  if (typeof value === 'string') return toImageTensor(await decodeImage(fromBase64(value), limitPixels), plan);
  if (Array.isArray(value)) return readTensor(value, plan.input);
  throw new PredictionError('Expected an image as bytes, as base64 text, or as nested JSON lists of numbers.', 400);
}

/** As lenient as Python's b64decode; a data URL's head is taken off. */
function fromBase64(text: string): Uint8Array {
  return Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64');
}

function readTensor(value: readonly unknown[], { name, dtype, shape: expected }: TensorSpec): Tensor {
  try {
    const { shape, values } = flattenNested(value);
    const item = expected.slice(1);
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
