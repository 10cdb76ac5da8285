import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { openFile } from '../../core/byte-source.ts';
import { type FileTree, toArchiveMode } from '../../core/file-tree.ts';
import type { Limits } from '../../core/limits.ts';
import { findNameProblems, toArchivePath } from '../../core/paths.ts';
import { planTree } from '../plan/plan-tree.ts';
import type { PlannedFile } from '../structure/types.ts';

/**
 * A folder whose links are followed as long as they stay in it. The cache of Hugging Face keeps a model as
 * `models--org--name/snapshots/<commit>`, links into the folder `blobs` of the same model: they are followed too. A file
 * whose name no archive may hold is left out. Undefined when there are more files than an archive may have.
 */
export async function openLinkedFolder(path: string, limits: Limits): Promise<FileTree | undefined> {
  const real = await realpath(path);
  const files = await listFiles(real, await findRoots(real), limits.entries);
  return files && planTree(path, files);
}

/** Folders that links may lead into. */
async function findRoots(folder: string): Promise<readonly string[]> {
  const snapshots = dirname(folder);
  if (basename(snapshots) !== 'snapshots') return [folder];
  const blobs = await realpath(join(dirname(snapshots), 'blobs')).catch(() => undefined);
  return blobs === undefined ? [folder] : [folder, blobs];
}

async function listFiles(
  root: string,
  roots: readonly string[],
  most: number,
): Promise<readonly PlannedFile[] | undefined> {
  const found: PlannedFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of await readdir(join(root, folder), { withFileTypes: true })) {
      const name = folder === '' ? item.name : `${folder}/${item.name}`;
      // A folder that is a link is not entered: it could lead back.
      if (item.isDirectory()) folders.push(name);
      else if (findNameProblems(name).length === 0) {
        const file = await openable(join(root, name), roots);
        if (file) found.push({ path: toArchivePath(name), ...file });
      }
    }
    if (found.length + folders.length > most) return undefined;
  }
  return found;
}

/** The regular file behind a name, if it lies in one of the roots. */
async function openable(path: string, roots: readonly string[]) {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || !roots.some((root) => real.startsWith(root + sep))) return undefined;
  const found = await stat(real);
  if (!found.isFile()) return undefined;
  return { origin: real, size: found.size, mode: toArchiveMode(found.mode), open: () => openFile(real) };
}
