/** The only file that imports @huggingface/tokenizers: a tokenizer.json (and tokenizer_config.json) → ids. */

import { join } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import { optionalPackages } from '../../core/package-info.ts';
import { readOptionalFile } from '../../core/read-file.ts';
import { describeProblem } from '../describe-problem.ts';
import { PredictionError } from '../sdk.ts';
import { readDefinition } from './tokenizer-definition.ts';

export interface TextTokenizer {
  /** Fills shorter texts up. */
  readonly padId: number;
  /** Ids with the model's special tokens; a text that is too long is truncated, the special tokens stay. */
  encode(text: string, maxLength: number | undefined): number[];
  /** The truncation of tokenizer.json, or the model's length in tokenizer_config.json; undefined without both. */
  readonly maxLength: number | undefined;
}

const TOKENIZER_FILE = 'tokenizer.json';

/** Undefined when the archive has no tokenizer.json. Throws PACKAGE_MISSING, or CONFIG_INVALID for a file that the library refuses. */
export async function readTokenizer(folder: string): Promise<TextTokenizer | undefined> {
  const path = join(folder, TOKENIZER_FILE);
  const text = await readOptionalFile(path);
  if (text === undefined) return undefined;
  const settings = (await readOptionalFile(join(folder, 'tokenizer_config.json'))) ?? '{}';
  const Tokenizer = await loadTokenizer();
  try {
    const read = readDefinition(JSON.parse(text), JSON.parse(settings));
    const tokenizer = new Tokenizer(read.definition, read.config);
    const idOf = (token: string | undefined) => (token === undefined ? undefined : tokenizer.token_to_id(token));
    const unknownId = idOf(read.unknownToken);
    return {
      padId: read.padId ?? idOf(read.padToken) ?? 0,
      maxLength: read.maxLength,
      encode: (input, maxLength) => encode(tokenizer, input, maxLength).map((id) => requireId(id, unknownId)),
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
    throw new ToolError('PACKAGE_MISSING', optionalPackages.tokenizers, { cause });
  }
}

/** The library leaves a gap for an unknown word. */
function requireId(id: number | undefined, unknownId: number | undefined): number {
  const found = id ?? unknownId;
  if (found !== undefined) return found;
  throw new PredictionError(
    'A word of the text is not in the vocabulary of tokenizer.json, which names no unk_token.',
    400,
  );
}

function encode(
  tokenizer: InstanceType<TokenizerClass>,
  text: string,
  maxLength: number | undefined,
): (number | undefined)[] {
  // The package's own declaration of the result cannot be resolved by NodeNext and would be `any`.
  const ids: (number | undefined)[] = tokenizer.encode(text).ids;
  if (maxLength === undefined || ids.length <= maxLength) return ids;
  const body: (number | undefined)[] = tokenizer.encode(text, { add_special_tokens: false }).ids;
  // Special tokens are around the body: those before it, then as many after it as remain.
  const before = Math.max(
    0,
    ids.findIndex((_, at) => body.every((id, i) => ids[at + i] === id)),
  );
  const after = ids.length - before - body.length;
  const room = Math.max(0, maxLength - before - after);
  return [...ids.slice(0, before), ...body.slice(0, room), ...ids.slice(ids.length - after)].slice(0, maxLength);
}
