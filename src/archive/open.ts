import type { FileTree } from '../core/file-tree.ts';
import { type ReadOptions, readArchive } from './read.ts';
import { archiveRefused, refuseErrors } from './structure/refuse.ts';
import type { ArchiveReading } from './structure/types.ts';

/** The members of an archive or folder that is sound; throws ARCHIVE_REFUSED with the findings otherwise. Closing the tree closes the file. */
export async function openArchive(path: string, options: ReadOptions = {}): Promise<FileTree> {
  return requireSound(path, await readArchive(path, options));
}

/** The members of what was read, if there is no error among the findings. The reading is closed when it is refused. */
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
