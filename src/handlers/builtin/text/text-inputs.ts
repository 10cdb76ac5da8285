/** Texts → the inputs of a text model, with a tokenizer.json or a plain vocabulary. Decided once, at load. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../../core/errors.ts';
import { type HandlerContext, PredictionError, type Tensor, type TensorSpec, type Tensors } from '../../sdk.ts';
import { toNgrams, toWords } from '../../text/clean-text.ts';
import { readTokenizer, type TextTokenizer } from '../../text/tokenizer.ts';
import { readVocabulary, type Vocabulary } from '../../text/vocabulary.ts';
import { requireModel } from '../common/require-model.ts';

export interface TextInputs {
  build(texts: readonly string[]): BuiltTexts;
  /** Texts that may share a run. */
  readonly batch: number;
}

export interface BuiltTexts {
  /** Of one run for all the texts, with the batch axis. */
  readonly inputs: Tensors;
  /** Ids of each text, with special tokens; what follows them is padding. */
  readonly lengths: readonly number[];
}

export interface TextOptions {
  /** Maximum number of ids of a text; undefined for the tokenizer's own, or no limit. */
  readonly maxLength: number | undefined;
}

export async function planTexts(context: HandlerContext, options: TextOptions): Promise<TextInputs> {
  const { inputs } = requireModel(context);
  const tokenizer = await readTokenizer(context.modelDir);
  if (tokenizer !== undefined) return planTokens(inputs, tokenizer, options);
  const vocabulary = await readVocabulary(context.modelDir);
  if (vocabulary !== undefined) return planBag(inputs, vocabulary);
  throw refuse(
    `text_classifier needs tokenizer.json, source_vocab.json or source_vocab.txt${await pickleHint(context.modelDir)}`,
  );
}

/** For models that read tokens one by one, and so need the tokenizer they were trained with. */
export async function planTokenTexts(context: HandlerContext, options: TextOptions): Promise<TextInputs> {
  const { inputs } = requireModel(context);
  const tokenizer = await readTokenizer(context.modelDir);
  if (tokenizer === undefined) throw refuse('text_embedding needs tokenizer.json');
  return planTokens(inputs, tokenizer, options);
}

async function pickleHint(folder: string): Promise<string> {
  try {
    await access(join(folder, 'source_vocab.pt'));
    return '; a source_vocab.pt needs torch to be read: write its get_stoi() as source_vocab.json';
  } catch {
    return '';
  }
}

/** Inputs of a transformer other than the ids. */
type Filler = (id: number, padded: boolean, padId: number, at: number) => number;
const fillers = {
  ids: (id, padded, padId) => (padded ? padId : id),
  mask: (_id, padded) => (padded ? 0 : 1),
  types: () => 0,
  positions: (_id, _padded, _padId, at) => at,
} as const satisfies Record<string, Filler>;

/** Their names: those of transformers, and those of BERT's first exports. */
const tokenInputs: Readonly<Record<string, keyof typeof fillers>> = {
  input_ids: 'ids',
  attention_mask: 'mask',
  input_mask: 'mask',
  token_type_ids: 'types',
  segment_ids: 'types',
  position_ids: 'positions',
};

/** The name of a single input does not matter: it is the ids. */
function fillerOf({ name }: TensorSpec, count: number): keyof typeof fillers {
  const known = Object.hasOwn(tokenInputs, name) ? tokenInputs[name] : undefined;
  if (known !== undefined) return known;
  if (count === 1) return 'ids';
  throw refuse(`with a tokenizer.json the inputs are ${Object.keys(tokenInputs).join(', ')}; this model has "${name}"`);
}

/** Throws for an input that holds no tokens. */
export function readTokenInputs(inputs: readonly TensorSpec[]) {
  return inputs.map((spec) => ({ filler: fillerOf(spec, inputs.length), ...requireIntegers(spec, 2) }));
}

function planTokens(inputs: readonly TensorSpec[], tokenizer: TextTokenizer, { maxLength }: TextOptions): TextInputs {
  const specs = readTokenInputs(inputs);
  const fixedLength = specs.find(({ shape }) => shape[1] !== null)?.shape[1] ?? undefined;
  const limit = fixedLength ?? maxLength ?? tokenizer.maxLength;
  const hasMask = specs.some(({ filler }) => filler === 'mask');
  return {
    // Without a mask the model would read the padding.
    batch: specs[0]?.shape[0] ?? (hasMask ? Infinity : 1),
    build(texts) {
      const rows = texts.map((text) => tokenizer.encode(text, limit));
      const length = fixedLength ?? Math.max(1, ...rows.map((row) => row.length));
      const inputs = Object.fromEntries(
        specs.map((spec) => {
          const fill: Filler = fillers[spec.filler];
          const ids = rows.flatMap((row) =>
            Array.from({ length }, (_, at) => fill(row[at] ?? 0, at >= row.length, tokenizer.padId, at)),
          );
          return [spec.name, toIntegers(spec, ids, [rows.length, length])];
        }),
      );
      return { inputs, lengths: rows.map((row) => row.length) };
    },
  };
}

/** Upstream's form: ids of words and pairs in one list, and the offset of each text in it. */
function planBag(inputs: readonly TensorSpec[], vocabulary: Vocabulary): TextInputs {
  const [first, second] = inputs;
  if (first === undefined || inputs.length > 2)
    throw refuse(`with a plain vocabulary a model takes ids, and offsets; this one has ${inputs.length} inputs`);
  const ids = requireIntegers(first, 1);
  const offsets = second === undefined ? undefined : requireIntegers(second, 1);
  return {
    batch: offsets === undefined ? 1 : (offsets.shape[0] ?? Infinity),
    build(texts) {
      const lists = texts.map((text) => lookUp(text, vocabulary));
      let next = 0;
      const starts = lists.map((list) => {
        const start = next;
        next += list.length;
        return start;
      });
      const inputs = {
        [ids.name]: toIntegers(ids, lists.flat(), [next]),
        ...(offsets === undefined ? {} : { [offsets.name]: toIntegers(offsets, starts, [starts.length]) }),
      };
      return { inputs, lengths: lists.map((list) => list.length) };
    },
  };
}

function lookUp(text: string, vocabulary: Vocabulary): number[] {
  const ids = toNgrams(toWords(text)).map((token) => {
    const id = vocabulary.id(token);
    if (id === undefined) throw new PredictionError(`"${token}" is not in the vocabulary, which has no <unk>.`, 400);
    return id;
  });
  if (ids.length === 0) throw new PredictionError('The text has no words.', 400);
  return ids;
}

function requireIntegers(spec: TensorSpec, axes: number): TensorSpec {
  const isInteger = spec.dtype === 'int64' || spec.dtype === 'int32';
  if (isInteger && spec.shape.length === axes) return spec;
  const shape = spec.shape.map((size) => size ?? '?').join(', ');
  throw refuse(
    `input "${spec.name}" is ${spec.dtype} [${shape}]; ids are int64 or int32 with ${axes} ${axes === 1 ? 'axis' : 'axes'}`,
  );
}

function toIntegers({ dtype }: TensorSpec, values: readonly number[], shape: readonly number[]): Tensor {
  return dtype === 'int32'
    ? { dtype, shape, data: Int32Array.from(values) }
    : { dtype: 'int64', shape, data: BigInt64Array.from(values, BigInt) };
}

function refuse(reason: string): ToolError {
  return new ToolError('CONFIG_INVALID', { path: 'the archive', reason });
}
