/** TorchServe's object_detector over ONNX: an image in, labelled boxes out (contract 6.4). */
import { prepareDecoder } from '../../image/decode/decode.ts';
import {
  type Float,
  float,
  type Handler,
  type HandlerContext,
  type Model,
  type Tensor,
  type Tensors,
} from '../../sdk.ts';
import { takeRow } from '../../split-batch.ts';
import { stackBatch } from '../../stack-batch.ts';
import { fillUp } from '../common/fill-up.ts';
import { type Labels, readLabels } from '../common/labels.ts';
import { requireModel } from '../common/require-model.ts';
import { type ReadImage, readImage } from '../image/read-image.ts';
import { readDetections } from './detections.ts';
import { type DetectorPlan, planDetector } from './plan-detector.ts';
import { readModelMetadata } from './read-metadata.ts';
import { fillInputs } from './side-inputs.ts';

interface Prepared {
  readonly plan: DetectorPlan;
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
      Promise.all(rows.map((row) => readImage(row, prepared.plan.image, context.limitMaxImagePixels))),
    inference: (images, context) => detectEach(images, prepared, context),
    postprocess: (seen) => seen.map((one) => answer(one, prepared)),
    describe: () => describe(prepared),
  };
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  const { manifest, model, modelConfig } = context;
  const plan = planDetector({ manifest, model, modelConfig, metadata: await readModelMetadata(context) });
  const { family, why } = plan.recognised;
  context.log(`object_detector takes the model for one of the family ${family}: ${why}.`);
  return { plan, labels: await nameClasses(context, plan) };
}

/** index_to_name.json, else the names that the model's file holds. */
async function nameClasses({ modelDir }: HandlerContext, { notes }: DetectorPlan): Promise<Labels> {
  const labels = await readLabels(modelDir);
  if (labels.count > 0 || notes === undefined) return labels;
  const { names } = notes;
  return { count: names.size, name: (index) => names.get(index) ?? String(index) };
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
    const tensor: Tensor = { dtype, shape: plan.image.batched ? [1, ...shape] : shape, data };
    const inputs = fillInputs(tensor, sizesOf(image, plan).image, plan.image, model.inputs);
    seen.push({ image, outputs: await runOne(inputs, plan.image.batched ? plan.image.input.shape[0] : 1, model) });
  }
  return seen;
}

/** A model of a fixed batch gets the picture as often as it takes, and the first answer counts. */
async function runOne(inputs: Tensors, size: number | null | undefined, model: Model): Promise<Tensors> {
  if (size === null || size === undefined || size === 1) return model.run(inputs);
  const items = Object.entries(inputs).map(([name, tensor]) => [name, takeRow(name, tensor, 0, 1)] as const);
  const outputs = await model.run(stackBatch(fillUp([Object.fromEntries(items)], size)));
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, takeRow(name, tensor, 0, size)]));
}

function sizesOf({ tensor, size }: ReadImage, { image }: DetectorPlan) {
  const [height = 0, width = 0] = image.layout === 'NCHW' ? tensor.shape.slice(1) : tensor.shape;
  const input = { height, width };
  return { input, image: size ?? input };
}

function answer({ image, outputs }: Seen, { plan, labels }: Prepared): Answer[] {
  // A tensor that was sent stands for itself: there is no picture that it was made of.
  const fit = image.size === undefined ? undefined : plan.detect.fit;
  return readDetections(outputs, { ...plan.detect, fit }, sizesOf(image, plan)).map(
    ({ label, score, box }) =>
      new Map<string, readonly Float[] | Float>([
        [labels.name(label), box.map(float)],
        ['score', float(score)],
      ]),
  );
}

/** What the detector goes by, for whoever asks the model to describe itself. */
function describe({ plan }: Prepared) {
  const { recognised, preprocess, detect } = plan;
  return { family: recognised.family, recognisedBy: recognised.why, preprocess, postprocess: detect.options };
}
