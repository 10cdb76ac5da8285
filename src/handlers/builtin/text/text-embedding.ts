/** A text in, its vector out, as sentence-transformers computes it: tokens, a vector each, pooling, normalisation. */

import { ToolError } from '../../../core/errors.ts';
import {
  type EmbeddingOptions,
  type Pooling,
  readHandlerOptions,
  textEmbeddingKeys,
} from '../../../model/config/handler-keys.ts';
import {
  type Handler,
  type HandlerContext,
  type Model,
  PredictionError,
  type Row,
  type Tensor,
  type TensorSpec,
} from '../../sdk.ts';
import { takeRow } from '../../split-batch.ts';
import { tensorOf, toFloat32 } from '../../tensor-values.ts';
import { fillUp } from '../common/fill-up.ts';
import { requestValue, textOf } from '../common/request-value.ts';
import { type LoadFacts, requireModel } from '../common/require-model.ts';
import { pool, toUnit } from './pooling.ts';
import { readSentenceSettings } from './sentence-settings.ts';
import { planTokenTexts, readTokenInputs, type TextInputs } from './text-inputs.ts';

interface Prepared {
  readonly texts: TextInputs;
  readonly output: string;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly dimensions: number | undefined;
  /** What a text is before its tokens are counted. */
  readonly prepareText: (text: string) => string;
}

/** One text, or several that are answered as a list. */
interface Asked {
  readonly texts: readonly string[];
  readonly isList: boolean;
}

interface Embedded {
  readonly asked: Asked;
  readonly vectors: readonly Float32Array[];
}

export function createTextEmbedding(): Handler<readonly Asked[], readonly Embedded[]> {
  let prepared: Prepared;
  return {
    async initialize(context) {
      prepared = await prepare(context);
    },
    preprocess: (rows) => rows.map(readTexts),
    inference: (asked, context) => embedAll(asked, prepared, context),
    postprocess: (answers) =>
      answers.map(({ asked, vectors }) => (asked.isList ? vectors.map(toTensor) : vectors.map(toTensor)[0])),
  };
}

/** All that the signature and the configuration decide; throws what they cannot do. */
export function planTextEmbedding(facts: LoadFacts) {
  const { preprocess, postprocess } = readHandlerOptions(textEmbeddingKeys, facts.modelConfig);
  const model = requireModel(facts);
  readTokenInputs(model.inputs);
  return { preprocess, postprocess, output: findVectors(model, postprocess) };
}

/** Names of the output that is a vector a text already, and of those that are one a token, as exporters have them. */
const usualNames = ['sentence_embedding', 'token_embeddings', 'last_hidden_state'];

function findVectors({ outputs }: Model, { name, pooling }: EmbeddingOptions): TensorSpec {
  const usual = usualNames.flatMap((known) => outputs.filter((output) => output.name === known));
  const axes = pooling === undefined ? undefined : pooling === 'none' ? 2 : 3;
  const fitting = [...usual, ...outputs].filter(({ shape }) => axes === undefined || shape.length === axes);
  const found = name === undefined ? fitting[0] : outputs.find((output) => output.name === name);
  const shapes = outputs.map((output) => `${output.name} [${output.shape.map((size) => size ?? '?').join(', ')}]`);
  if (found === undefined)
    throw refuse(
      name === undefined
        ? `no output fits postprocess.pooling ${pooling}; the model's outputs are ${shapes.join(', ')}`
        : `postprocess.name is ${name}; the model's outputs are ${shapes.join(', ')}`,
    );
  const isVectors = /^(?:b?float)/.test(found.dtype) && (found.shape.length === 2 || found.shape.length === 3);
  if (isVectors && (axes === undefined || found.shape.length === axes)) return found;
  throw refuse(
    `output "${found.name}" holds no vectors for pooling ${pooling ?? 'mean'}; the model's outputs are ${shapes.join(', ')}`,
  );
}

function refuse(reason: string): ToolError {
  return new ToolError('CONFIG_INVALID', { path: 'model-config.yaml', reason });
}

async function prepare(context: HandlerContext): Promise<Prepared> {
  const { preprocess, postprocess, output } = planTextEmbedding(context);
  const settings = await readSentenceSettings(context.modelDir, postprocess.pooling);
  const isPooled = output.shape.length === 2;
  const maxLength = preprocess.maxLength ?? settings.maxLength;
  const prompt = preprocess.prompt ?? '';
  return {
    texts: await planTokenTexts(context, { maxLength }),
    output: output.name,
    pooling: isPooled ? 'none' : (settings.pooling ?? 'mean'),
    normalize: postprocess.normalize ?? settings.normalize,
    dimensions: postprocess.dimensions,
    prepareText: (text) => {
      const whole = (prompt + text).trim();
      return settings.lowerCase ? whole.toLowerCase() : whole;
    },
  };
}

function readTexts(row: Row): Asked {
  const value = requestValue(row);
  const text = textOf(value);
  if (text !== undefined) return { texts: [text], isList: false };
  const texts = Array.isArray(value) ? value : [undefined];
  const isTexts = texts.every((one): one is string => typeof one === 'string');
  if (isTexts) return { texts, isList: true };
  throw new PredictionError('Expected a text, as it is or as a JSON string, or a JSON list of texts.', 400);
}

async function embedAll(
  asked: readonly Asked[],
  prepared: Prepared,
  context: HandlerContext,
): Promise<readonly Embedded[]> {
  const texts = asked.flatMap((one) => one.texts.map(prepared.prepareText));
  const vectors = await embed(texts, prepared, context);
  let next = 0;
  return asked.map((one) => {
    const start = next;
    next += one.texts.length;
    return { asked: one, vectors: vectors.slice(start, next) };
  });
}

/** Texts of one run at most: padded to the longest, they take its memory. */
const MOST_TEXTS = 64;

async function embed(
  texts: readonly string[],
  { texts: plan, output, pooling, normalize, dimensions }: Prepared,
  context: HandlerContext,
): Promise<Float32Array[]> {
  const model = requireModel(context);
  const vectors: Float32Array[] = [];
  const step = model.rowsIndependent === true ? Math.min(plan.batch, MOST_TEXTS) : 1;
  for (let start = 0; start < texts.length; start += step) {
    const some = texts.slice(start, start + step);
    // A model of a fixed batch gets the last text as often as it takes.
    const size = plan.batch === Infinity ? some.length : plan.batch;
    const { inputs, lengths } = plan.build(fillUp(some, size));
    const answer = tensorOf(await model.run(inputs, [output]), output);
    for (let row = 0; row < some.length; row++) {
      const { dtype, shape, data } = takeRow(output, answer, row, size);
      const values = toFloat32(dtype, data);
      const whole = pool({ values, length: lengths[row] ?? 0, dimensions: shape.at(-1) ?? 0 }, pooling);
      const kept = dimensions === undefined ? whole : whole.slice(0, dimensions);
      vectors.push(normalize ? toUnit(kept) : kept);
    }
  }
  return vectors;
}

const toTensor = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [data.length], data });
