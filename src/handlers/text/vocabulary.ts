/** The plain vocabulary of a text model: source_vocab.json or source_vocab.txt in the archive. */
import { join } from 'node:path';
import { z } from 'zod';
import { ToolError } from '../../core/errors.ts';
import { readOptionalFile } from '../../core/read-file.ts';
import { describeProblem } from '../describe-problem.ts';

export interface Vocabulary {
  readonly size: number;
  /** The id of a word or pair; of an unknown one that of <unk>; undefined without <unk>. */
  id(token: string): number | undefined;
}

const idsSchema = z.record(z.string(), z.number().int().min(0));
const listSchema = z.array(z.string());

/** Undefined if the archive has neither file. A map of ids, a list in the order of ids, or one token a line. */
export async function readVocabulary(folder: string): Promise<Vocabulary | undefined> {
  const json = await readOptionalFile(join(folder, 'source_vocab.json'));
  if (json !== undefined) return toVocabulary(parseIds(join(folder, 'source_vocab.json'), json));
  const text = await readOptionalFile(join(folder, 'source_vocab.txt'));
  // A final line break ends the last line; it does not start another.
  return text === undefined ? undefined : toVocabulary(number(text.replace(/\r?\n$/, '').split(/\r?\n/)));
}

function toVocabulary(ids: ReadonlyMap<string, number>): Vocabulary {
  const unknown = ids.get('<unk>');
  return { size: ids.size, id: (token) => ids.get(token) ?? unknown };
}

function number(tokens: readonly string[]): Map<string, number> {
  return new Map(tokens.map((token, id) => [token, id]));
}

function parseIds(path: string, text: string): Map<string, number> {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return number(listSchema.parse(value));
    return new Map(Object.entries(idsSchema.parse(value)));
  } catch (cause) {
    throw new ToolError(
      'CONFIG_INVALID',
      { path, reason: `expected a list of tokens, or an object of ids by token (${describeProblem(cause)})` },
      { cause },
    );
  }
}
