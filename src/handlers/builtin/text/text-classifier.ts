/** TorchServe's text_classifier over ONNX: a text in, the probability of every class out, in the order of the classes (contract 6.6). */

import { readHandlerOptions, type TextScoring, textClassifierKeys } from '../../../model/config/handler-keys.ts';
import {
  type Float,
  float,
  type Handler,
  type HandlerContext,
  PredictionError,
  type Row,
  type Tensor,
} from '../../sdk.ts';
import { takeRow } from '../../split-batch.ts';
import { tensorOf, toFloat32 } from '../../tensor-values.ts';
import { fillUp } from '../common/fill-up.ts';
import { findGreatest } from '../common/find-greatest.ts';
import { type Labels, readLabels } from '../common/labels.ts';
import { requestValue, textOf } from '../common/request-value.ts';
import { type LoadFacts, requireModel, requireScores } from '../common/require-model.ts';
import { findScoreKind, sigmoid, toProbabilities } from '../common/score-kind.ts';
import { planTexts, type TextInputs } from './text-inputs.ts';

interface Prepared {
  readonly texts: TextInputs;
  readonly output: string;
  readonly scoring: TextScoring;
  /** Classes in an answer, best first; undefined for all in their order. */
  readonly topk: number | undefined;
  readonly labels: Labels;
}

export function createTextClassifier(): Handler<readonly string[], readonly Tensor[]> {
  let prepared: Prepared;
  return {
    async initialize(context) {
      prepared = await prepare(context);
    },
    preprocess: (rows) => rows.map(readText),
    inference: (texts, context) => classify(texts, prepared, context),
    postprocess: (scores) => scores.map((one) => answer(one, prepared)),
  };
}

/** Everything decided by signature and configuration; throws for what they do not support. */
export function planTextClassifier(facts: LoadFacts) {
  const { preprocess, postprocess } = readHandlerOptions(textClassifierKeys, facts.modelConfig);
  const scores = requireScores(requireModel(facts), postprocess.name).name;
  return { maxLength: preprocess.maxLength, scores, output: postprocess.output, topk: postprocess.topk };
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  const { maxLength, scores, output, topk } = planTextClassifier(context);
  return {
    texts: await planTexts(context, { maxLength }),
    output: scores,
    scoring: output ?? (await findScoreKind(context, scores)),
    topk,
    labels: await readLabels(context.modelDir),
  };
}

function readText(row: Row): string {
  const value = requestValue(row);
  const text = textOf(value);
  if (text !== undefined) return text;
  throw new PredictionError('Expected a text, as it is or as a JSON string.', 400);
}

async function classify(
  texts: readonly string[],
  { texts: plan, output }: Prepared,
  context: HandlerContext,
): Promise<Tensor[]> {
  const model = requireModel(context);
  const results: Tensor[] = [];
  const step = model.rowsIndependent === true ? plan.batch : 1;
  for (let start = 0; start < texts.length; start += step) {
    const some = texts.slice(start, start + step);
    // A model with a fixed batch is filled up with the last text.
    const size = plan.batch === Infinity ? some.length : plan.batch;
    const scores = tensorOf(await model.run(plan.build(fillUp(some, size)).inputs, [output]), output);
    for (let row = 0; row < some.length; row++) results.push(takeRow(output, scores, row, size));
  }
  return results;
}

function answer({ dtype, data }: Tensor, { labels, scoring, topk }: Prepared): Map<string, Float> {
  const scores = toFloat32(dtype, data);
  const probabilities = score(scores, scoring);
  const chosen =
    topk === undefined
      ? Array.from(probabilities, (value, index) => ({ index, value }))
      : findGreatest(probabilities, topk);
  return new Map(chosen.map(({ index, value }) => [labels.name(index), float(Math.fround(value))]));
}

function score(scores: Float32Array, scoring: TextScoring): ArrayLike<number> {
  return scoring === 'independent' ? scores.map(sigmoid) : toProbabilities(scores, scoring === 'logits');
}
