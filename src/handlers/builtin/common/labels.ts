/** index_to_name.json in every form TorchServe accepts (contract 6.1). */
import { join } from 'node:path';
import { z } from 'zod';
import { ToolError } from '../../../core/errors.ts';
import { readOptionalFile } from '../../../core/read-file.ts';
import { describeProblem } from '../../describe-problem.ts';

export const LABELS_FILE = 'index_to_name.json';

export interface Labels {
  /** Entries of the file; 0 without one. */
  readonly count: number;
  /** The class's name, or its index where the file has none. */
  name(index: number): string;
}

/** A name, or a list whose last element is the name (["n01440764", "tench"]). */
const nameSchema = z.union([
  z.string(),
  z
    .array(z.unknown())
    .min(1)
    .transform((list) => list[list.length - 1])
    .pipe(z.string()),
]);
const labelsSchema = z.union([
  z
    .strictObject({ object_type_names: z.array(z.string()) })
    .transform(({ object_type_names: names }) => new Map(names.map((name, index) => [String(index), name]))),
  z.record(z.string().regex(/^\d+$/), nameSchema).transform((names) => new Map(Object.entries(names))),
]);

/** Without the file every class is called by its index; a file in no known form throws LABELS_INVALID. */
export async function readLabels(folder: string): Promise<Labels> {
  const path = join(folder, LABELS_FILE);
  const text = await readOptionalFile(path);
  const names = text === undefined ? new Map<string, string>() : parseLabels(path, text);
  return { count: names.size, name: (index) => names.get(String(index)) ?? String(index) };
}

function parseLabels(path: string, text: string): Map<string, string> {
  try {
    return labelsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ToolError('LABELS_INVALID', { path, reason: describeProblem(cause) }, { cause });
  }
}
