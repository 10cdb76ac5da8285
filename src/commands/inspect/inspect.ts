import { z } from 'zod';
import { readArchive, readArchiveSource } from '../../archive/read.ts';
import type { ArchiveReading } from '../../archive/structure/types.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Context } from '../../core/context.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { findPlace } from '../open-place.ts';
import { parseOptions } from '../parse-options.ts';
import { describeContent } from './content.ts';
import { addDigests, hashSource } from './digests.ts';
import type { InspectedFile, InspectResult } from './result.ts';
import { describeBareWeights } from './weights.ts';

export type { InspectResult } from './result.ts';

export const inspectOptionsSchema = z.object({
  path: z.string().min(1),
  /** Read every byte: SHA-256 of the archive and of every file, and the findings that only this reveals. */
  digest: z.boolean().default(false),
});
export type InspectOptions = z.input<typeof inspectOptionsSchema>;

/**
 * Everything knowable about an archive, an unpacked folder or a weights file, here or behind an http(s) URL, without running any
 * of it. Without `digest` the cost depends on the number of files, not on their size.
 */
export async function inspect(options: InspectOptions, context: Context): Promise<InspectResult> {
  const { path, digest } = parseOptions(inspectOptionsSchema, options, 'inspect');
  const place = await findPlace(path, context);
  if (place.kind === 'folder') return inspectReading(path, await readArchive(place.path), digest, undefined, context);
  const source = await place.open();
  const bare = await describeBareWeights(source, place.name).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  if (!bare) return inspectReading(path, await readArchiveSource(source), digest, place.open, context);
  await source.close();
  return { ...bare, path, ...(digest ? { sha256: await hashSource(await place.open(), context) } : {}) };
}

async function inspectReading(
  path: string,
  reading: ArchiveReading,
  digest: boolean,
  open: (() => Promise<ByteSource>) | undefined,
  context: Context,
): Promise<InspectResult> {
  try {
    const { tree, format, size } = reading;
    const content = await describeContent(reading);
    const result: InspectResult = { schemaVersion: 1, path, format, size, ...content, findings: [...reading.findings] };
    if (tree) result.files = await listFiles(tree);
    return digest ? await addDigests(result, reading, open, context) : result;
  } finally {
    await reading.close();
  }
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
