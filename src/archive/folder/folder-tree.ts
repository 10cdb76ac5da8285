import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ByteSource, openFile } from '../../core/byte-source.ts';
import { ToolError } from '../../core/errors.ts';
import { compareBytes, type FileEntry, type FileTree, toArchiveMode } from '../../core/file-tree.ts';
import { defaultLimits, type Limits } from '../../core/limits.ts';
import { quote } from '../../core/names/quote.ts';
import { toFileError } from '../../core/read-file.ts';
import { createFindingLog, type FindingLog } from '../structure/findings.ts';
import { checkBudgets, checkName, checkNamesTogether, provenName } from '../structure/names.ts';
import type { ArchiveReading } from '../structure/types.ts';

/**
 * A folder that was extracted here, so its names are verified. Files that a handler wrote into it since are not
 * checked, and links are left out.
 */
export async function openExtracted(path: string): Promise<FileTree> {
  return folderTree(path, await listFiles(path, defaultLimits, createFindingLog(path)));
}

/** A folder under the rules of an archive: links and special files are findings and are not followed. */
export async function readFolder(path: string, limits: Limits, log: FindingLog): Promise<ArchiveReading> {
  const files = await listFiles(path, limits, log);
  const named = files.map(({ path: name, size }) => ({ name, size, isFolder: false, offset: 0 }));
  for (const member of named) checkName(member, limits, log);
  checkBudgets(named, limits, log);
  if (!log.untrusted()) checkNamesTogether(named, log);
  const tree = folderTree(path, files);
  return {
    format: 'folder',
    size: files.reduce((sum, { size }) => sum + size, 0),
    findings: log.findings,
    tree: log.untrusted() ? undefined : tree,
    verify: async () => [],
    close: () => tree.close(),
  };
}

function folderTree(path: string, files: readonly FileEntry[]): FileTree {
  const known = new Set<string>(files.map((file) => file.path));
  return {
    label: path,
    list: async () => files,
    has: async (name) => known.has(name),
    async open(name): Promise<ByteSource> {
      if (!known.has(name)) throw new ToolError('MEMBER_NOT_FOUND', { label: path, member: name });
      const source = await openFile(join(path, ...name.split('/')));
      return { ...source, label: name };
    },
    async close() {},
  };
}

/** Every regular file below the folder, sorted; iterative, so that depth costs no stack. */
async function listFiles(root: string, limits: Limits, log: FindingLog): Promise<FileEntry[]> {
  const found: FileEntry[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of await readFolderItems(join(root, folder))) {
      const name = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) folders.push(name);
      else if (item.isFile()) found.push(await toEntry(root, name));
      else
        log.add(
          'archive/special-file',
          `${quote(name)} is a ${item.isSymbolicLink() ? 'link' : 'special file'}, not a regular file.`,
          { member: name },
        );
    }
    if (found.length + folders.length > limits.entries) {
      log.add('archive/entries', `The folder has more than ${limits.entries} members, the limit.`);
      break;
    }
  }
  return found.sort((a, b) => compareBytes(a.path, b.path));
}

async function readFolderItems(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (cause) {
    throw toFileError(cause, path, 'folder');
  }
}

async function toEntry(root: string, name: string): Promise<FileEntry> {
  const { size, mode } = await stat(join(root, name));
  // The caller checks the name before the tree is used.
  return { path: provenName(name), size, mode: toArchiveMode(mode) };
}
