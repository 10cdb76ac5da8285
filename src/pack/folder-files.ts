import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, ToolError } from '../core/errors.ts';
import { compareBytes, toArchiveMode } from '../core/file-tree.ts';

/** Directories upstream prunes at every level of its staging folder (contract 1.4). */
function isPruned(name: string): boolean {
  return name === '__MACOSX' || name === '__pycache__' || name.startsWith('.');
}

/** A regular file below a folder, links followed. `path` is relative with "/". */
export interface FolderFile {
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly mode: number;
}

/**
 * The files that upstream packs of a folder: every regular file, without pruned directories. Sorted; links followed.
 */
export async function listFolderFiles(folder: string): Promise<FolderFile[]> {
  return listFiles(folder, (name, _absolute, isFolder) => isFolder && isPruned(name));
}

/** Every regular file that is not ignored. Sorted; links followed. */
export async function listAllFiles(folder: string, isIgnored: (absolute: string) => boolean): Promise<FolderFile[]> {
  return listFiles(folder, (_name, absolute, isFolder) => isIgnored(isFolder ? `${absolute}/` : absolute));
}

type Skip = (name: string, absolute: string, isFolder: boolean) => boolean;

async function listFiles(folder: string, skip: Skip): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  await walk(folder, '', [await realpath(folder)], skip, files);
  return files.sort((a, b) => compareBytes(a.path, b.path));
}

async function walk(
  folder: string,
  prefix: string,
  ancestors: readonly string[],
  skip: Skip,
  files: FolderFile[],
): Promise<void> {
  for (const name of await readdir(folder)) {
    const absolute = join(folder, name);
    const found = await stat(absolute).catch((cause) => {
      throw new ToolError('FILE_UNREADABLE', { path: absolute, reason: describeError(cause) }, { cause });
    });
    if (skip(name, absolute, found.isDirectory())) continue;
    if (found.isDirectory()) {
      const real = await realpath(absolute);
      if (ancestors.includes(real)) {
        const reason = 'the link leads to a folder above it';
        throw new ToolError('FILE_UNREADABLE', { path: absolute, reason });
      }
      await walk(absolute, `${prefix}${name}/`, [...ancestors, real], skip, files);
    } else if (found.isFile()) {
      files.push({ path: prefix + name, absolute, size: found.size, mode: toArchiveMode(found.mode) });
    } else {
      throw new ToolError('NOT_A_FILE', { what: 'extra file', path: absolute, found: 'special file' });
    }
  }
}
