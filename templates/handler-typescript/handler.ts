import {
  defineHandler,
  float32,
  type HandlerContext,
  PredictionError,
  type Row,
  softmax,
  type TensorSpec,
} from 'ts-model-archiver/handler';

/** The part of model-config.yaml that belongs to this handler. */
interface Settings {
  /** Subtracted from pixels that were scaled to 0…1. */
  readonly mean: number;
  /** Divides what is left. */
  readonly std: number;
  /** Answers a request gets, the best first. */
  readonly top: number;
}

interface Answer {
  readonly label: string;
  readonly probability: number;
}

let settings: Settings;

/** Classifies images: one answer a request, any number of requests a batch, one run of the model a batch. */
export default defineHandler({
  initialize({ modelConfig }) {
    // Whatever stands in the file: check what you need, and say what is wrong while the model loads.
    const { mean = 0, std = 1, top = 3 } = (modelConfig.handler ?? {}) as Partial<Settings>;
    if (!Number.isFinite(mean) || !Number.isFinite(std) || std === 0)
      throw new Error('handler.mean and handler.std must be numbers, std not 0');
    settings = { mean, std, top };
  },

  async preprocess(rows, context) {
    const input = inputOf(context);
    const [, channels = null, height = null, width = null] = input.shape;
    if (channels !== 1 || height === null || width === null)
      throw new Error('this handler feeds models of gray images: [batch, 1, height, width]');
    const pixels = height * width;
    const batch = new Float32Array(rows.length * pixels);
    for (const [index, row] of rows.entries()) {
      const { data } = await context.decodeImage(bytesOf(row), { mode: 'L', size: [height, width] });
      for (let at = 0; at < pixels; at++) {
        batch[index * pixels + at] = ((data[at] ?? 0) / 255 - settings.mean) / settings.std;
      }
    }
    return { [input.name]: float32(batch, [rows.length, 1, height, width]) };
  },

  // No inference step: the model runs once on what preprocess returned.

  postprocess(outputs, { requestIds }) {
    const [scores] = Object.values(outputs);
    if (!(scores?.data instanceof Float32Array)) throw new Error('expected the model to answer with float32 scores');
    const classes = scores.data.length / requestIds.length;
    return requestIds.map((_, index) =>
      best(scores.data.slice(index * classes, (index + 1) * classes) as Float32Array),
    );
  },
});

function inputOf({ model }: HandlerContext): TensorSpec {
  const [input] = model?.inputs ?? [];
  if (!input) throw new Error('the archive has no ONNX model: pack it with --serialized-file');
  return input;
}

/** `curl -T image.png` sends the body, `curl -F data=@image.png` a field. */
function bytesOf(row: Row): Uint8Array {
  const value = row.data ?? row.body;
  if (value instanceof Uint8Array) return value;
  throw new PredictionError('Send an image: as the body, or as the form field "data".', 400);
}

function best(scores: Float32Array): Answer[] {
  return Array.from(softmax(scores), (probability, index) => ({ label: String(index), probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, settings.top);
}
