/** TorchServe's image_classifier over ONNX: an image in, the most probable labels out (contract 6.3). */

import { type ClassifyOptions, imageClassifierKeys, readHandlerOptions } from '../../../model/config/handler-keys.ts';
import { type Float, float, type HandlerContext, type Tensor } from '../../sdk.ts';
import { toFloat32 } from '../../tensor-values.ts';
import { findGreatest } from '../common/find-greatest.ts';
import { type Labels, readLabels } from '../common/labels.ts';
import { type LoadFacts, requireModel, requireOneInput, requireScores } from '../common/require-model.ts';
import { findScoreKind, toProbabilities } from '../common/score-kind.ts';
import { planImages } from './image-plan.ts';
import { createScoreHandler, type ImageScores } from './score-handler.ts';

interface Prepared extends ImageScores {
  readonly options: ClassifyOptions;
  readonly areLogits: boolean;
  readonly labels: Labels;
}

/** A label's probability, best first; a Map, since an object would sort labels that are numbers. */
type Answer = Map<string, Float>;

export const createImageClassifier = () => createScoreHandler(prepare, classify);

/** Everything decided by signature and configuration; throws for what they do not support. */
export function planClassifier(facts: LoadFacts) {
  const { preprocess, postprocess: options } = readHandlerOptions(imageClassifierKeys, facts.modelConfig);
  const output = requireScores(requireModel(facts), options.name);
  return { options, output, plan: planImages(requireOneInput(facts), preprocess) };
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  const { options, output, plan } = planClassifier(context);
  const labels = await readLabels(context.modelDir);
  const classes = output.shape[1];
  if (labels.count > 0 && classes && classes !== labels.count) {
    context.log(
      `index_to_name.json names ${labels.count} classes, the model's output "${output.name}" has ${classes}.`,
    );
  }
  const areLogits = (options.output ?? (await findScoreKind(context, output.name))) === 'logits';
  return { plan, options, areLogits, output: output.name, labels };
}

function classify({ dtype, data }: Tensor, { options, areLogits, labels }: Prepared): Answer {
  const scores = toFloat32(dtype, data);
  const probabilities = toProbabilities(scores, areLogits);
  const answer: Answer = new Map();
  // Rounded to float32, the precision torch computes and prints in. Of equal labels the last wins, as in upstream's dict.
  for (const { index, value } of findGreatest(probabilities, options.topk))
    answer.set(labels.name(index), float(Math.fround(value)));
  return answer;
}
