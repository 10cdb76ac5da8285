/** TorchServe's image_segmenter over ONNX: an image in, the class and its probability for each pixel out (contract 6.5). */
import { ToolError } from '../../../core/errors.ts';
import { imageSegmenterKeys, readHandlerOptions } from '../../../model/config/handler-keys.ts';
import type { HandlerContext, Model, TensorSpec } from '../../sdk.ts';
import { type LoadFacts, requireModel, requireOneInput, requireOutput } from '../common/require-model.ts';
import { findScoreKind } from '../common/score-kind.ts';
import { planImages } from './image-plan.ts';
import { createScoreHandler, type ImageScores } from './score-handler.ts';
import { type Scores, segment } from './segment.ts';

interface Prepared extends ImageScores {
  readonly scores: Scores;
}

export const createImageSegmenter = () => createScoreHandler(prepare, (tensor, { scores }) => segment(tensor, scores));

/** Everything decided by signature and configuration; throws for what they do not support. */
export function planSegmenter(facts: LoadFacts) {
  const { preprocess, postprocess } = readHandlerOptions(imageSegmenterKeys, facts.modelConfig);
  const scores = requireScores(requireModel(facts), postprocess.name);
  return { plan: planImages(requireOneInput(facts), preprocess), scores, output: postprocess.output };
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  const { plan, scores, output } = planSegmenter(context);
  const kind = output ?? (await findScoreKind(context, scores.name));
  return { plan, output: scores.name, scores: { areLogits: kind === 'logits', layout: plan.layout } };
}

/** torchvision's models name it "out", and may have an auxiliary output. */
function requireScores(model: Model, name: string | undefined): TensorSpec {
  const scores = requireOutput(model, name ?? model.outputs.find((output) => output.name === 'out')?.name);
  if (scores.shape.length === 4 || scores.shape.length === 3) return scores;
  throw new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `output "${scores.name}" has ${scores.shape.length} axes; segmentation needs four (batch, classes, height, width), or three (batch, height, width) of classes`,
  });
}
