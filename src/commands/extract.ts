import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { extractTree } from '../archive/extract.ts';
import { requireSound } from '../archive/open.ts';
import { archiveStem } from '../archive/structure/formats.ts';
import { type Context, createContext } from '../core/context.ts';
import { publishedSchemas } from '../core/documents/published-schemas.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Limits } from '../core/limits.ts';
import { MODEL_NAME } from '../model/documents/manifest.ts';
import { createFacts } from '../model/read-facts.ts';
import { memberNotFound } from './member-not-found.ts';
import { readPlace } from './open-place.ts';
import { parseOptions } from './parse-options.ts';
import { createPathMatcher, findUnmatched } from './path-patterns.ts';
import { sizeSchema } from './size-option.ts';

export const extractOptionsSchema = z.object({
  path: z.string().min(1),
  /** Folder to create; by default the model's name in the current folder. */
  output: z.string().min(1).optional(),
  /** Globs for paths in the archive; by default everything. */
  include: z.array(z.string().min(1)).optional(),
  exclude: z.array(z.string().min(1)).optional(),
  /** Replace an existing folder. */
  force: z.boolean().default(false),
  /** Write nothing. */
  dryRun: z.boolean().default(false),
  /** Limits against hostile archives, each with a default. */
  maxFiles: z.coerce.number().int().positive().optional(),
  maxBytes: sizeSchema.optional(),
  maxRatio: z.coerce.number().positive().optional(),
});
export type ExtractOptions = z.input<typeof extractOptionsSchema>;

export const extractResultSchema = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  /** The archive as the user gave it. */
  path: z.string(),
  /** Absolute path of the folder, also in a dry run. */
  target: z.string(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  entries: z.array(z.object({ path: z.string(), size: z.number().int().nonnegative() })),
});
publishedSchemas.add(extractResultSchema, { file: 'extract-result', title: 'mar extract --json', io: 'output' });
export type ExtractResult = z.infer<typeof extractResultSchema>;

/** Unpacks an archive into a folder, atomically. */
export async function extract(options: ExtractOptions, context: Context = createContext()): Promise<ExtractResult> {
  const resolved = parseOptions(extractOptionsSchema, options, 'extract');
  const { path, output, force, dryRun } = resolved;
  const limits = toLimits(resolved);
  const tree = await requireSound(path, await readPlace(path, context, limits));
  try {
    const members = await tree.list();
    const isWanted = chooseMembers(
      path,
      members.map((entry) => entry.path),
      resolved,
    );
    const entries = members.filter((entry) => isWanted(entry.path)).map(({ path, size }) => ({ path, size }));
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    const target = resolve(context.cwd, output ?? (await chooseFolder(tree, path)));
    if (!dryRun) {
      await extractTree(tree, target, {
        force,
        include: isWanted,
        limits,
        signal: context.signal,
        onBytes: (done) => context.log({ kind: 'progress', job: 'extract', done, total: bytes }),
      });
    }
    return { schemaVersion: 1, dryRun, path, target, files: entries.length, bytes, entries };
  } finally {
    await tree.close();
  }
}

function toLimits({ maxFiles, maxBytes, maxRatio }: z.output<typeof extractOptionsSchema>): Partial<Limits> {
  return {
    ...(maxFiles !== undefined && { entries: maxFiles }),
    ...(maxBytes !== undefined && { totalBytes: maxBytes }),
    ...(maxRatio !== undefined && { ratio: maxRatio }),
  };
}

/** The filter of include and exclude; throws MEMBER_NOT_FOUND for an include pattern without a match. */
function chooseMembers(
  label: string,
  paths: readonly string[],
  { include, exclude = [] }: Pick<z.output<typeof extractOptionsSchema>, 'include' | 'exclude'>,
): (path: string) => boolean {
  const [unmatched] = findUnmatched(include ?? [], paths);
  if (unmatched !== undefined) throw memberNotFound(label, unmatched, paths);
  const isIncluded = include === undefined ? () => true : createPathMatcher(include);
  const isExcluded = createPathMatcher(exclude);
  return (path) => isIncluded(path) && !isExcluded(path);
}

/** The model's name if it is safe as a folder, else the archive's name. */
async function chooseFolder(tree: FileTree, path: string): Promise<string> {
  const stem = archiveStem(path);
  const named = await readModelName(tree);
  return named ?? (stem === basename(path) ? `${stem}.extracted` : stem);
}

/** Undefined for an unreadable manifest: the archive is still extracted, and `validate` reports it. */
async function readModelName(tree: FileTree): Promise<string | undefined> {
  const { modelName } = await createFacts(tree).model();
  return modelName !== undefined && MODEL_NAME.test(modelName) ? modelName : undefined;
}
