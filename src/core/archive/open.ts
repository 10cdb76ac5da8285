import { ToolError } from '../errors.ts';
import type { FileTree } from '../file-tree.ts';
import { isAtLeast } from '../finding.ts';
import { type ReadOptions, readArchive } from './read.ts';

/** The members of an archive or folder that is sound; throws ARCHIVE_REFUSED with the findings otherwise. Closing the tree closes the file. */
export async function openArchive(path: string, options: ReadOptions = {}): Promise<FileTree> {
  const reading = await readArchive(path, options);
  const errors = reading.findings.filter(({ severity }) => isAtLeast(severity, 'error'));
  if (reading.tree !== undefined && errors.length === 0) return reading.tree;
  await reading.close();
  const first = errors[0]?.message ?? '';
  throw new ToolError('ARCHIVE_REFUSED', { path, count: errors.length, first }, { findings: reading.findings });
}
