import { z } from 'zod';
import { readArchive } from '../core/archive/read.ts';
import type { Context } from '../core/context.ts';
import type { FileTree } from '../core/file-tree.ts';
import { describeContent } from './inspect-content.ts';
import { addDigests, hashFile } from './inspect-digests.ts';
import type { InspectedFile, InspectResult } from './inspect-result.ts';
import { describeBareWeights } from './inspect-weights.ts';
import { parseOptions } from './parse-options.ts';
import { locate } from './user-path.ts';

export type { InspectResult } from './inspect-result.ts';

export const inspectOptionsSchema = z.object({
  path: z.string().min(1),
  /** Read every byte: SHA-256 of the archive and of every file, and the findings that only this reveals. */
  digest: z.boolean().default(false),
});
export type InspectOptions = z.input<typeof inspectOptionsSchema>;

/**
 * Everything knowable about an archive, an unpacked folder or a weights file without running any of it. Without `digest`
 * the cost depends on the number of files, not on their size.
 */
export async function inspect(options: InspectOptions, context: Context): Promise<InspectResult> {
  const { path, digest } = parseOptions(inspectOptionsSchema, options, 'inspect');
  const place = locate(path, context);
  const bare = await describeBareWeights(place);
  if (bare) return { ...bare, path, ...(digest ? { sha256: await hashFile(place, context) } : {}) };
  const reading = await readArchive(place);
  try {
    const { tree, format, size } = reading;
    const content = await describeContent(reading);
    const result: InspectResult = { schemaVersion: 1, path, format, size, ...content, findings: [...reading.findings] };
    if (tree) result.files = await listFiles(tree);
    return digest ? await addDigests(result, reading, place, context) : result;
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
