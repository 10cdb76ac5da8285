import { ToolError } from '../core/errors.ts';
import type { FileTree } from '../core/file-tree.ts';
import { isAtLeast } from '../core/finding.ts';
import { type ReadOptions, readArchive } from './read.ts';
import type { ArchiveReading } from './structure/types.ts';

/** The members of an archive or folder that is sound; throws ARCHIVE_REFUSED with the findings otherwise. Closing the tree closes the file. */
export async function openArchive(path: string, options: ReadOptions = {}): Promise<FileTree> {
  return requireSound(path, await readArchive(path, options));
}

/** The members of what was read, if there is no error among the findings. The reading is closed when it is refused. */
export async function requireSound(label: string, reading: ArchiveReading): Promise<FileTree> {
  const errors = reading.findings.filter(({ severity }) => isAtLeast(severity, 'error'));
  if (reading.tree !== undefined && errors.length === 0) return reading.tree;
  await reading.close();
  const values = { path: label, count: errors.length, first: errors[0]?.message ?? '' };
  throw new ToolError('ARCHIVE_REFUSED', values, { findings: reading.findings });
}
