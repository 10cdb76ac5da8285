import { dirname, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { type ArchiveFormat, archiveStem } from '../../archive/structure/formats.ts';
import { archiveRefused } from '../../archive/structure/refuse.ts';
import type { ArchiveReading, PackedForm, PlannedFile } from '../../archive/structure/types.ts';
import { writeArchive } from '../../archive/write.ts';
import { type Context, createContext } from '../../core/context.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import type { FileEntry, FileTree } from '../../core/file-tree.ts';
import { readPlace } from '../open-place.ts';
import { parseOptions } from '../parse-options.ts';
import { compressionSchema } from './archive-options.ts';
import { type PackFormat, packEnding, packedAs, packFormatOfName, packFormats } from './formats.ts';

export const repackOptionsSchema = z.object({
  path: z.string().min(1),
  /** By default the archive itself; for another format its name with the new ending, in the current folder. */
  output: z.string().min(1).optional(),
  /** By default that of the output's ending, else that of the archive. */
  format: z.enum(packFormats).optional(),
  /** By default packed bytes are copied as they are. */
  compression: compressionSchema.optional(),
  force: z.boolean().default(false),
});
export type RepackOptions = z.input<typeof repackOptionsSchema>;

export const repackResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** The archive as the user gave it. */
  path: z.string(),
  output: z.string(),
  format: z.enum(packFormats),
  size: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
  /** Members whose packed bytes were copied as they are. */
  copied: z.number().int().nonnegative(),
});
publishedSchemas.add(repackResultSchema, { file: 'repack-result', title: 'mar repack --json', io: 'output' });
export type RepackResult = z.infer<typeof repackResultSchema>;

/**
 * Rewrites an archive, in another format or in a form that every reader accepts. Repairs errors of form; throws
 * ARCHIVE_REFUSED if the members cannot be trusted.
 */
export async function repack(options: RepackOptions, context: Context = createContext()): Promise<RepackResult> {
  const { path, compression, force, ...wanted } = parseOptions(repackOptionsSchema, options, 'repack');
  const reading = await readPlace(path, context);
  try {
    const tree = requireMembers(path, reading);
    const { output, format } = chooseOutput(path, reading.format, wanted);
    const entries = (await tree.list()).toSorted(manifestLast);
    const keeps = format === 'mar' && compression === undefined;
    const files = entries.map((entry) => planFile(tree, entry, path, keeps));
    if (keeps) await proveDeflated(tree, files, context);
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    const { size } = await writeArchive({
      target: resolve(context.cwd, output),
      format: packedAs[format],
      files,
      topFolder: archiveStem(output),
      force,
      compression,
      sourceDateEpoch: context.env.SOURCE_DATE_EPOCH,
      signal: context.signal,
      onBytes: (done) => context.log({ kind: 'progress', job: 'repack', done, total }),
    });
    const copied = files.filter(({ packed }) => packed !== undefined).length;
    return { schemaVersion: 1, path, output, format, size, files: files.length, copied };
  } finally {
    await reading.close();
  }
}

/** The tree is defined beside errors only if they concern form alone. */
function requireMembers(path: string, { tree, findings }: ArchiveReading): FileTree {
  if (tree === undefined) throw archiveRefused(path, findings);
  return tree;
}

function chooseOutput(
  path: string,
  found: ArchiveFormat,
  { output, format }: { output?: string | undefined; format?: PackFormat | undefined },
): { output: string; format: PackFormat } {
  const own = found === 'tgz' ? 'tgz' : 'mar';
  if (output !== undefined)
    return { output, format: format ?? packFormatOfName(output) ?? (extname(output) === '' ? 'folder' : own) };
  const chosen = format ?? own;
  if (chosen === own && found !== 'folder') return { output: path, format: chosen };
  return { output: join('.', archiveStem(path) + packEnding(chosen)), format: chosen };
}

/** Upstream's order: the manifest's folder last. */
function manifestLast(a: FileEntry, b: FileEntry): number {
  const isLast = ({ path }: FileEntry) => Number(/^[MW]AR-INF$/.test(dirname(path)));
  return isLast(a) - isLast(b);
}

function planFile(tree: FileTree, entry: FileEntry, origin: string, keeps: boolean): PlannedFile {
  const { path, size, mode } = entry;
  const packed = keeps ? packedForm(tree, entry) : undefined;
  return { path, size, mode, origin, open: () => tree.open(path), ...(packed && { packed }) };
}

/** Sizes from here on need a zip64 field; Java refuses one that only one of the two sizes needs. */
const ZIP64_FROM = 0xffff_ffff;

function packedForm(tree: FileTree, { path, size, packed }: FileEntry): PackedForm | undefined {
  const { openPacked } = tree;
  if (packed === undefined || openPacked === undefined) return undefined;
  if (packed.method === 'stored') return { method: 'stored' };
  if (packed.size >= ZIP64_FROM && size < ZIP64_FROM) return undefined;
  return { method: 'deflated', crc32: packed.crc32, open: () => openPacked(path) };
}

/** Verifies deflated members before they are copied as they are; stored ones are verified during the copy. */
async function proveDeflated(tree: FileTree, files: readonly PlannedFile[], { signal }: Context): Promise<void> {
  for (const { path, packed } of files) {
    if (packed?.method !== 'deflated') continue;
    const source = await tree.open(path);
    try {
      for await (const _ of source.stream()) signal.throwIfAborted();
    } finally {
      await source.close();
    }
  }
}
