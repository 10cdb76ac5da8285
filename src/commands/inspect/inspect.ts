import { z } from 'zod';
import type { ArchiveReading } from '../../archive/structure/types.ts';
import { type Context, createContext } from '../../core/context.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { type OpenFacts, openFacts, type Place } from '../../model/open-facts.ts';
import { findPlace } from '../open-place.ts';
import { parseOptions } from '../parse-options.ts';
import { describeContent, unreadableContent } from './content.ts';
import { addDigests, hashWithProgress } from './digests.ts';
import type { InspectedFile, InspectResult } from './result.ts';
import { describeWeightsFile } from './weights.ts';

export type { InspectResult } from './result.ts';

export const inspectOptionsSchema = z.object({
  path: z.string().min(1),
  /** Read every byte: adds SHA-256 digests and content findings. */
  digest: z.boolean().default(false),
});
export type InspectOptions = z.input<typeof inspectOptionsSchema>;

/**
 * Facts about an archive, an unpacked folder or a weights file, local or at an http(s) URL; nothing is executed. Without
 * `digest` the cost depends on the number of files, not on their size.
 */
export async function inspect(options: InspectOptions, context: Context = createContext()): Promise<InspectResult> {
  const { path, digest } = parseOptions(inspectOptionsSchema, options, 'inspect');
  const place = await findPlace(path, context);
  const opened = await openFacts(place);
  try {
    const weights = opened.facts.kind === 'weights' ? await describeWeightsFile(opened.facts, path) : undefined;
    if (weights === undefined) return await inspectArchive(path, place, opened, digest, context);
    return { ...weights, ...(digest ? await digestOf(place, context) : {}) };
  } finally {
    await opened.close();
  }
}

async function inspectArchive(
  path: string,
  place: Place,
  { facts, archive }: OpenFacts,
  digest: boolean,
  context: Context,
): Promise<InspectResult> {
  const { format, size, findings } = archive;
  const content = isReadable(archive, facts) ? await describeContent(path, facts, findings) : unreadableContent;
  const result: InspectResult = { schemaVersion: 1, path, format, size, ...content, findings: [...findings] };
  if (isReadable(archive, facts)) result.files = await listFiles(facts.tree);
  return digest ? await addDigests(result, archive, await digestOf(place, context), context) : result;
}

/** No members: neither archive nor weights, or an archive with a broken structure. */
function isReadable({ tree }: ArchiveReading, { kind }: ModelFacts): boolean {
  return tree !== undefined && kind !== 'weights';
}

/** SHA-256 of the file; a folder has none. */
async function digestOf(place: Place, context: Context): Promise<{ sha256?: string }> {
  return place.kind === 'folder' ? {} : { sha256: await hashWithProgress(await place.open(), context) };
}

async function listFiles(tree: FileTree): Promise<InspectedFile[]> {
  return (await tree.list()).map(({ path, size, packed }) => ({
    path,
    size,
    ...(packed === undefined
      ? {}
      : { packed: { method: packed.method, size: packed.size, crc32: packed.crc32.toString(16).padStart(8, '0') } }),
  }));
}
