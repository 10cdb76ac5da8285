/** TorchServe's object_detector over ONNX: an image in, labelled boxes out (contract 6.4). */
import { type DetectOptions, objectDetectorKeys, readHandlerOptions } from '../../../model/config/handler-keys.ts';
import { prepareDecoder } from '../../image/decode/decode.ts';
import { type Float, float, type Handler, type HandlerContext, type Tensor, type Tensors } from '../../sdk.ts';
import { type Labels, readLabels } from '../common/labels.ts';
import { type LoadFacts, requireModel, requireOneInput } from '../common/require-model.ts';
import { readDetections } from './detections.ts';
import { type DetectorOutputs, findOutputs } from './detector-outputs.ts';
import { AS_IT_IS, type ImagePlan, planImages } from './image-plan.ts';
import { type ReadImage, readImage } from './read-image.ts';

interface Prepared {
  readonly plan: ImagePlan;
  readonly options: DetectOptions;
  readonly outputs: DetectorOutputs;
  readonly labels: Labels;
}

interface Seen {
  readonly image: ReadImage;
  readonly outputs: Tensors;
}

/** Label → box, and "score"; a Map, since an object would sort labels that are numbers. */
type Answer = Map<string, readonly Float[] | Float>;

export function createObjectDetector(): Handler<readonly ReadImage[], readonly Seen[]> {
  let prepared: Prepared;
  return {
    async initialize(context) {
      [prepared] = await Promise.all([prepare(context), prepareDecoder()]);
    },
    preprocess: (rows, context) =>
      Promise.all(rows.map((row) => readImage(row, prepared.plan, context.limitMaxImagePixels))),
    inference: (images, context) => detectEach(images, prepared, context),
    postprocess: (seen) => seen.map((one) => answer(one, prepared)),
  };
}

/** All that the signature and the configuration decide; throws what they cannot do. */
export function planDetector(facts: LoadFacts) {
  const { outputs } = requireModel(facts);
  const { preprocess, postprocess: options } = readHandlerOptions(objectDetectorKeys, facts.modelConfig);
  const plan = planImages(requireOneInput(facts), preprocess, AS_IT_IS);
  return { plan, options, outputs: findOutputs(outputs, options) };
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  return { ...planDetector(context), labels: await readLabels(context.modelDir) };
}

/** One image a run: boxes of a batch have no axis in common. */
async function detectEach(
  images: readonly ReadImage[],
  { plan }: Prepared,
  context: HandlerContext,
): Promise<readonly Seen[]> {
  const model = requireModel(context);
  const seen: Seen[] = [];
  for (const image of images) {
    const { dtype, shape, data } = image.tensor;
    const tensor: Tensor = { dtype, shape: plan.batched ? [1, ...shape] : shape, data };
    seen.push({ image, outputs: await model.run({ [plan.input.name]: tensor }) });
  }
  return seen;
}

function answer({ image, outputs }: Seen, { plan, options, outputs: names, labels }: Prepared): Answer[] {
  const [height = 0, width = 0] = plan.layout === 'NCHW' ? image.tensor.shape.slice(1) : image.tensor.shape;
  const input = { height, width };
  return readDetections(outputs, names, { input, image: image.size ?? input }, options).map(
    ({ label, score, box }) =>
      new Map<string, readonly Float[] | Float>([
        [labels.name(label), box.map(float)],
        ['score', float(score)],
      ]),
  );
}
