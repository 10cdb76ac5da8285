/** What sentence-transformers keeps beside a model about how texts become vectors. */
import { join } from 'node:path';
import { z } from 'zod';
import { ToolError } from '../../../core/errors.ts';
import { readOptionalFile } from '../../../core/read-file.ts';
import type { Pooling } from '../../../model/config/handler-keys.ts';
import { describeProblem } from '../../describe-problem.ts';

export interface SentenceSettings {
  readonly pooling: Pooling | undefined;
  readonly normalize: boolean;
  readonly maxLength: number | undefined;
  readonly lowerCase: boolean;
}

export const POOLING_FILE = '1_Pooling/config.json';

/** Its names of the ways; several of them together make a longer vector, which is not one of ours. */
const ways: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_lasttoken: 'last',
};
/** The same in its newer form, `pooling_mode`. */
const modes: Readonly<Record<string, Pooling>> = { cls: 'cls', mean: 'mean', max: 'max', lasttoken: 'last' };

const poolingSchema = z.record(z.string(), z.unknown());
const modulesSchema = z.array(z.looseObject({ type: z.string() }));
const sentenceSchema = z.looseObject({
  max_seq_length: z.number().int().min(1).nullish(),
  do_lower_case: z.boolean().nullish(),
});

/** `asked` stands for what the pooling's file says. Throws CONFIG_INVALID for a file that says what nothing here does. */
export async function readSentenceSettings(folder: string, asked: Pooling | undefined): Promise<SentenceSettings> {
  const [pooling, modules, sentence] = await Promise.all([
    readJson(folder, POOLING_FILE, poolingSchema),
    readJson(folder, 'modules.json', modulesSchema),
    readJson(folder, 'sentence_bert_config.json', sentenceSchema),
  ]);
  return {
    pooling: asked ?? (pooling && findPooling(pooling)),
    normalize: modules?.some(({ type }) => type.endsWith('Normalize')) ?? false,
    maxLength: sentence?.max_seq_length ?? undefined,
    lowerCase: sentence?.do_lower_case ?? false,
  };
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readOptionalFile(join(folder, name));
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ToolError('CONFIG_INVALID', { path: name, reason: describeProblem(cause) }, { cause });
  }
}

function findPooling(settings: Readonly<Record<string, unknown>>): Pooling {
  const { pooling_mode: mode } = settings;
  const asked =
    typeof mode === 'string'
      ? [mode]
      : Object.keys(settings).filter((key) => key.startsWith('pooling_mode_') && settings[key] === true);
  const [only] = asked;
  const known = only === undefined ? undefined : { ...ways, ...modes }[only];
  if (known !== undefined && asked.length === 1) return known;
  throw new ToolError('CONFIG_INVALID', {
    path: POOLING_FILE,
    reason: `it asks for ${asked.join(' and ') || 'no pooling'}; text_embedding has mean, cls, last and max, one of them at a time (postprocess.pooling names one)`,
  });
}
