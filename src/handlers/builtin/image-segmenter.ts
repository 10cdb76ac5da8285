/** TorchServe's image_segmenter over ONNX: an image in, the class and its probability for each pixel out (contract 6.5). */
import { ToolError } from '../../core/errors.ts';
import { prepareDecoder } from '../image/decode.ts';
import type { Handler, HandlerContext, Model, Tensor, TensorSpec, Tensors } from '../sdk.ts';
import { toFloat32 } from '../tensor-values.ts';
import { preprocessSchema, readOptions, segmentSchema } from './image-options.ts';
import { type ImagePlan, planImages } from './image-plan.ts';
import { readTensors } from './read-image.ts';
import { requireModel, requireOneInput, requireOutput } from './require-model.ts';
import { runItems } from './run-items.ts';

interface Prepared {
  readonly plan: ImagePlan;
  readonly output: string;
  readonly isLogits: boolean;
}

export function createImageSegmenter(): Handler<readonly Tensor[], readonly Tensors[]> {
  let prepared: Prepared;
  return {
    async initialize(context) {
      [prepared] = await Promise.all([prepare(context), prepareDecoder()]);
    },
    preprocess: (rows, context) => readTensors(rows, prepared.plan, context),
    inference: (items, context) =>
      runItems(
        items.map((item) => ({ [prepared.plan.input.name]: item })),
        requireModel(context),
      ),
    postprocess: (results) => results.map((outputs) => segment(outputs[prepared.output] as Tensor, prepared.isLogits)),
  };
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  const model = requireModel(context);
  const { name, output } = readOptions(segmentSchema, context.modelConfig, 'postprocess');
  const scores = requireScores(model, name);
  const plan = planImages(requireOneInput(context), readOptions(preprocessSchema, context.modelConfig, 'preprocess'));
  return { plan, output: scores.name, isLogits: output === 'logits' };
}

/** torchvision's models call it "out" and may have an auxiliary one beside it. */
function requireScores(model: Model, name: string | undefined): TensorSpec {
  const scores = requireOutput(model, name ?? model.outputs.find((output) => output.name === 'out')?.name);
  if (scores.shape.length === 4) return scores;
  throw new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `output "${scores.name}" has ${scores.shape.length} axes; segmentation needs four (batch, classes, height, width)`,
  });
}

/** [classes, height, width] → [height, width, 2]: the best class, and its share of the softmax over all. */
export function segment({ dtype, shape, data }: Tensor, isLogits: boolean): Tensor {
  const [classes, height, width] = shape as [number, number, number];
  const scores = toFloat32(dtype, data);
  const plane = height * width;
  const answer = new Float32Array(plane * 2);
  for (let pixel = 0; pixel < plane; pixel++) {
    let best = 0;
    let most = scores[pixel] as number;
    for (let index = 1, at = pixel + plane; index < classes; index++, at += plane) {
      const score = scores[at] as number;
      if (score > most) {
        best = index;
        most = score;
      }
    }
    answer[pixel * 2] = best;
    answer[pixel * 2 + 1] = isLogits ? 1 / sumOfExponentials(scores, pixel, plane, most) : most;
  }
  return { dtype: 'float32', shape: [height, width, 2], data: answer };
}

/** Relative to the greatest score, so that nothing overflows; the best class's own share is one over this. */
function sumOfExponentials(scores: Float32Array, pixel: number, plane: number, most: number): number {
  let sum = 0;
  for (let at = pixel; at < scores.length; at += plane) sum += Math.exp((scores[at] as number) - most);
  return sum;
}
