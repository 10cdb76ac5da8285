/** The only file that imports @huggingface/tokenizers: a tokenizer.json (and tokenizer_config.json) → ids. */
import { join } from 'node:path';
import { z } from 'zod';
import { ToolError } from '../../core/errors.ts';
import { describeProblem } from '../describe-problem.ts';
import { readOptionalFile } from '../optional-file.ts';

export interface TextTokenizer {
  /** Fills shorter texts up. */
  readonly padId: number;
  /** Ids with the model's special tokens; of a text that is too long the end is left out, the special tokens stay. */
  encode(text: string, maxLength: number | undefined): number[];
  /** What tokenizer.json truncates to; undefined when it does not. */
  readonly maxLength: number | undefined;
}

const TOKENIZER_FILE = 'tokenizer.json';

/** The two parts that this file reads itself; the rest is the library's affair. */
const tokenizerSchema = z.looseObject({
  truncation: z.looseObject({ max_length: z.number().int().min(1) }).nullish(),
  padding: z.looseObject({ pad_id: z.number().int().min(0) }).nullish(),
});
const configSchema = z.looseObject({ pad_token: z.unknown().optional() });

/** Undefined when the archive has no tokenizer.json. Throws PACKAGE_MISSING, or CONFIG_INVALID for a file that the library refuses. */
export async function readTokenizer(folder: string): Promise<TextTokenizer | undefined> {
  const path = join(folder, TOKENIZER_FILE);
  const text = await readOptionalFile(path);
  if (text === undefined) return undefined;
  const settings = (await readOptionalFile(join(folder, 'tokenizer_config.json'))) ?? '{}';
  const Tokenizer = await loadTokenizer();
  try {
    const definition = tokenizerSchema.parse(JSON.parse(text));
    const config = configSchema.parse(JSON.parse(settings));
    const tokenizer = new Tokenizer(definition, config);
    const padToken = typeof config.pad_token === 'string' ? tokenizer.token_to_id(config.pad_token) : undefined;
    return {
      padId: definition.padding?.pad_id ?? padToken ?? 0,
      maxLength: definition.truncation?.max_length,
      encode: (input, maxLength) => encode(tokenizer, input, maxLength),
    };
  } catch (cause) {
    throw new ToolError('CONFIG_INVALID', { path, reason: describeProblem(cause) }, { cause });
  }
}

type TokenizerClass = typeof import('@huggingface/tokenizers').Tokenizer;

async function loadTokenizer(): Promise<TokenizerClass> {
  try {
    return (await import('@huggingface/tokenizers')).Tokenizer;
  } catch (cause) {
    throw new ToolError(
      'PACKAGE_MISSING',
      {
        package: '@huggingface/tokenizers',
        purpose: 'read a tokenizer.json',
        install: 'npm install @huggingface/tokenizers',
      },
      { cause },
    );
  }
}

function encode(tokenizer: InstanceType<TokenizerClass>, text: string, maxLength: number | undefined): number[] {
  // The package's own declaration of the result cannot be resolved by NodeNext and would be `any`.
  const ids: number[] = tokenizer.encode(text).ids;
  if (maxLength === undefined || ids.length <= maxLength) return ids;
  const body: number[] = tokenizer.encode(text, { add_special_tokens: false }).ids;
  // Special tokens stand around the body: those before it, then as many after it as are left.
  const before = Math.max(
    0,
    ids.findIndex((_, at) => body.every((id, i) => ids[at + i] === id)),
  );
  const after = ids.length - before - body.length;
  const room = Math.max(0, maxLength - before - after);
  return [...ids.slice(0, before), ...body.slice(0, room), ...ids.slice(ids.length - after)].slice(0, maxLength);
}
