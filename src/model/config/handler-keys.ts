/**
 * The keys of model-config.yaml that the built-in handlers over ONNX read, under `preprocess` and `postprocess`. The
 * default of every key is TorchServe's, or follows from the model's signature.
 */
import { z } from 'zod';
import { ToolError } from '../../core/errors.ts';
import { boxes, croppedImage, detectorImage, detectorPreprocess, imagePreprocess } from './image-sections.ts';

const classes = z.strictObject({
  /** `logits` (also log-probabilities): softmax is applied. `probabilities`: the scores are taken as they are. Default: as the model ends. */
  output: z.enum(['logits', 'probabilities']).optional(),
  /** Classes in an answer; fewer when the model has fewer. */
  topk: z.number().int().min(1).default(5),
  /** Name of the output to read. Default: the first. */
  name: z.string().optional(),
});

const text = z.strictObject({
  /**
   * Maximum ids of a text, with special tokens; a longer one is truncated. Default: the signature's, else
   * tokenizer.json's, else no limit.
   */
  maxLength: z.number().int().min(1).optional(),
});

const textClasses = z.strictObject({
  /** `logits`: softmax. `probabilities`: as they are. `independent`: each score has a sigmoid of its own (several classes may be true). Default: as the model ends. */
  output: z.enum(['logits', 'probabilities', 'independent']).optional(),
  /** Classes in an answer, best first. Default: all, in their order. */
  topk: z.number().int().min(1).optional(),
  /** Name of the output to read. Default: the first. */
  name: z.string().optional(),
});

const embeddingText = text.extend({
  /** Stands before every text, as models that tell queries from passages want it. */
  prompt: z.string().optional(),
});

/** What a text's vector is made of: sentence-transformers' ways. */
export const poolings = ['mean', 'cls', 'last', 'max', 'none'] as const;
export type Pooling = (typeof poolings)[number];

const embedding = z.strictObject({
  /** Of the vectors of all tokens: their mean, the first, the last, the greatest of each number; `none` for a model that answers one vector a text. Default: 1_Pooling/config.json, else mean. */
  pooling: z.enum(poolings).optional(),
  /** Whether vectors are brought to length 1. Default: whether modules.json names Normalize. */
  normalize: z.boolean().optional(),
  /** Numbers that are kept of a vector, from its start, before it is normalised. Default: all. */
  dimensions: z.number().int().min(1).optional(),
  /** Name of the output to read. Default: sentence_embedding, else token_embeddings or last_hidden_state, else the first. */
  name: z.string().optional(),
});

const table = z.strictObject({
  /** Names of the columns of a model that takes all of them as one matrix, in its order. */
  columns: z.array(z.string()).min(1).optional(),
  /** Columns that may be sent and are not read. */
  ignore: z.array(z.string()).optional(),
});
const noAnswerKeys = z.strictObject({});

const pixels = classes.omit({ topk: true });

const sectionNames = ['preprocess', 'postprocess'] as const;
export type SectionName = (typeof sectionNames)[number];

/** The sections of one handler, with the names of its keys for did-you-mean. */
export interface HandlerKeys<T> {
  readonly schema: z.ZodType<T>;
  readonly known: Readonly<Record<SectionName, readonly string[]>>;
}

function defineKeys<P, Q>(
  preprocess: z.ZodType<P>,
  postprocess: z.ZodType<Q>,
  known: HandlerKeys<unknown>['known'],
): HandlerKeys<{ preprocess: P; postprocess: Q }> {
  return { schema: z.object({ preprocess, postprocess }), known };
}

const namesOf = (schema: z.ZodObject): readonly string[] => Object.keys(schema.shape);

export const imageClassifierKeys = defineKeys(imagePreprocess, classes.prefault({}), {
  preprocess: namesOf(croppedImage),
  postprocess: namesOf(classes),
});
export const objectDetectorKeys = defineKeys(detectorPreprocess, boxes.prefault({}), {
  preprocess: namesOf(detectorImage),
  postprocess: namesOf(boxes),
});
export const imageSegmenterKeys = defineKeys(imagePreprocess, pixels.prefault({}), {
  preprocess: namesOf(croppedImage),
  postprocess: namesOf(pixels),
});
export const textClassifierKeys = defineKeys(text.default({}), textClasses.prefault({}), {
  preprocess: namesOf(text),
  postprocess: namesOf(textClasses),
});
export const textEmbeddingKeys = defineKeys(embeddingText.default({}), embedding.default({}), {
  preprocess: namesOf(embeddingText),
  postprocess: namesOf(embedding),
});
export const tabularKeys = defineKeys(table.default({}), noAnswerKeys.default({}), {
  preprocess: namesOf(table),
  postprocess: [],
});

const handlerKeys: ReadonlyMap<string, HandlerKeys<unknown>> = new Map<string, HandlerKeys<unknown>>([
  ['image_classifier', imageClassifierKeys],
  ['object_detector', objectDetectorKeys],
  ['image_segmenter', imageSegmenterKeys],
  ['text_classifier', textClassifierKeys],
  ['text_embedding', textEmbeddingKeys],
  ['tabular', tabularKeys],
]);

export type ClassifyOptions = z.infer<typeof classes>;
export type EmbeddingOptions = z.infer<typeof embedding>;
export type TableOptions = z.infer<typeof table>;
export type TextScoring = NonNullable<z.infer<typeof textClasses>['output']>;

type Values = Readonly<Record<string, unknown>>;

/** An empty section counts as absent. */
const sectionsOf = ({ preprocess, postprocess }: Values) => ({
  preprocess: preprocess ?? undefined,
  postprocess: postprocess ?? undefined,
});

/** The settings of model-config.yaml for a handler. Throws CONFIG_INVALID with the first problem. */
export function readHandlerOptions<T>({ schema }: HandlerKeys<T>, config: Values): T {
  const result = schema.safeParse(sectionsOf(config));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = `${issue?.path.join('.')}: ${issue?.message}`;
  throw new ToolError('CONFIG_INVALID', { path: 'model-config.yaml', reason });
}

/** A value that a built-in handler refuses when it loads, or a key it does not know. */
export interface HandlerKeyProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The unknown key, and the keys allowed there. */
  readonly unknown?: { readonly key: string; readonly known: readonly string[] };
}

/** Names of the sections that a built-in handler over ONNX reads; empty for one that reads none. */
export function handlerSections(handler: string): readonly SectionName[] {
  return handlerKeys.has(handler) ? sectionNames : [];
}

/** Everything that a built-in handler would refuse in its sections. */
export function checkHandlerKeys(handler: string, config: Values): HandlerKeyProblem[] {
  const keys = handlerKeys.get(handler);
  const issues = keys?.schema.safeParse(sectionsOf(config)).error?.issues ?? [];
  return issues.flatMap((issue): HandlerKeyProblem[] => {
    const { path, message } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, message }];
    const known = sectionNames.flatMap((name) => (name === path[0] ? (keys?.known[name] ?? []) : []));
    return issue.keys.map((key) => ({ path: [...path, key], message: 'the key is unknown', unknown: { key, known } }));
  });
}
