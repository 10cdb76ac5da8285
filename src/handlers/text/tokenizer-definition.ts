/**
 * tokenizer.json and tokenizer_config.json: the parts that we read ourselves, and those that @huggingface/tokenizers
 * reads differently from the official library.
 */
import { z } from 'zod';

export interface TokenizerDefinition {
  /** Both as the library takes them. */
  readonly definition: Record<string, unknown>;
  readonly config: Record<string, unknown>;
  /** Padding of shorter texts: its id, else the token. */
  readonly padId: number | undefined;
  readonly padToken: string | undefined;
  /** The token for unknown words. */
  readonly unknownToken: string | undefined;
  readonly maxLength: number | undefined;
}

/** transformers writes 10^30 for no limit. */
const NO_BOUND = 1e9;

const definitionSchema = z.looseObject({
  truncation: z.looseObject({ max_length: z.number().int().min(1) }).nullish(),
  padding: z.looseObject({ pad_id: z.number().int().min(0) }).nullish(),
  model: z.looseObject({ unk_token: z.string().nullish() }),
  pre_tokenizer: z.unknown().optional(),
});
/** A token is its text, or an object with it. */
const tokenSchema = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const configSchema = z.looseObject({
  pad_token: tokenSchema.nullish().catch(undefined),
  model_max_length: z.number().min(1).nullish().catch(undefined),
});

/** Throws what the schemas throw. */
export function readDefinition(definition: unknown, settings: unknown): TokenizerDefinition {
  const tokenizer = definitionSchema.parse(definition);
  const { pad_token: padToken, model_max_length: modelLength } = configSchema.parse(settings);
  const bound = modelLength !== null && modelLength !== undefined && modelLength < NO_BOUND ? modelLength : undefined;
  return {
    definition: { ...tokenizer, pre_tokenizer: withUnicodeWords(tokenizer.pre_tokenizer) },
    config: z.record(z.string(), z.unknown()).parse(settings),
    padId: tokenizer.padding?.pad_id,
    padToken: padToken ?? undefined,
    unknownToken: tokenizer.model.unk_token ?? undefined,
    maxLength: tokenizer.truncation?.max_length ?? bound,
  };
}

const partsSchema = z.looseObject({ type: z.string(), pretokenizers: z.array(z.unknown()).optional() });

/** \w by Unicode (UTS #18, annex C). */
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';

/** The library's own `Whitespace` counts ASCII letters alone as those of a word; its `Split` counts all, as the official one does. */
function withUnicodeWords(preTokenizer: unknown): unknown {
  const { success, data } = partsSchema.safeParse(preTokenizer);
  if (!success) return preTokenizer;
  if (data.type === 'Whitespace')
    return { type: 'Split', pattern: { Regex: `[${WORD}]+|[^${WORD}\\s]+` }, behavior: 'Removed', invert: true };
  return data.pretokenizers === undefined ? data : { ...data, pretokenizers: data.pretokenizers.map(withUnicodeWords) };
}
