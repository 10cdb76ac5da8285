import type { FileTree } from '../core/file-tree.ts';
import { type ReadOptions, readArchive } from './read.ts';
import { archiveRefused, refuseErrors } from './structure/refuse.ts';
import type { ArchiveReading } from './structure/types.ts';

/**
 * The members of a valid archive or folder; throws ARCHIVE_REFUSED with the findings otherwise. Closing the tree closes
 * the file.
 */
export async function openArchive(path: string, options: ReadOptions = {}): Promise<FileTree> {
  return requireSound(path, await readArchive(path, options));
}

/** The members of a reading without error findings. A refused reading is closed. */
export async function requireSound(label: string, reading: ArchiveReading): Promise<FileTree> {
  const { tree, findings } = reading;
  try {
    refuseErrors(label, findings);
    if (tree === undefined) throw archiveRefused(label, findings);
    return tree;
  } catch (cause) {
    await reading.close();
    throw cause;
  }
}
