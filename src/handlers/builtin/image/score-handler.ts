import { prepareDecoder } from '../../image/decode/decode.ts';
import type { Handler, HandlerContext, Tensor, Tensors } from '../../sdk.ts';
import { tensorOf } from '../../tensor-values.ts';
import { requireModel } from '../common/require-model.ts';
import { runItems } from '../common/run-items.ts';
import type { ImagePlan } from './image-plan.ts';
import { readTensors } from './read-image.ts';

export interface ImageScores {
  readonly plan: ImagePlan;
  /** The output with the scores. */
  readonly output: string;
}

/**
 * A handler that makes its answer from one output for each image: the common part of the classifier and the segmenter.
 */
export function createScoreHandler<Prepared extends ImageScores>(
  prepare: (context: HandlerContext) => Promise<Prepared>,
  answer: (scores: Tensor, prepared: Prepared) => unknown,
): Handler<readonly Tensor[], readonly Tensors[]> {
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
    postprocess: (results) => results.map((outputs) => answer(tensorOf(outputs, prepared.output), prepared)),
  };
}
