import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ToolError } from '../core/errors.ts';
import { toArchiveMode } from '../core/file-tree.ts';
import { listFolderFiles } from './folder-files.ts';
import { glob, isPattern } from './glob.ts';
import type { PackInput } from './plan.ts';

/**
 * `--extra-files`: comma-separated items, wildcards, folders whose children go to the root (contract 1.3). Where
 * upstream failed or silently dropped a file, the intended file is packed: blanks around a comma are ignored, and a
 * path that exists as written is never a wildcard.
 */
export async function collectExtraFiles(
  text: string,
  cwd: string,
  warn: (message: string) => void,
): Promise<PackInput[]> {
  const inputs: PackInput[] = [];
  for (const raw of text.split(',')) {
    if (raw.trim() === '') continue;
    const piece = (await kindOf(resolve(cwd, raw))) ? raw : raw.trim();
    const kind = await kindOf(resolve(cwd, piece));
    if (kind) inputs.push(...(await expandPath(piece, cwd)));
    else if (isPattern(piece)) {
      const matches = await glob(piece, cwd);
      if (matches.length === 0) warn(`Given wildcard pattern did not match any file: ${piece}`);
      for (const match of matches) inputs.push(...(await expandPath(match, cwd)));
    } else throw new ToolError('FILE_NOT_FOUND', { what: 'extra file', path: piece });
  }
  return inputs;
}

async function kindOf(path: string) {
  const found = await stat(path).catch(() => undefined);
  return found && { file: found.isFile(), folder: found.isDirectory(), size: found.size, mode: found.mode };
}

async function expandPath(path: string, cwd: string): Promise<PackInput[]> {
  const absolute = resolve(cwd, path);
  const found = await kindOf(absolute);
  if (found?.folder) {
    const files = await listFolderFiles(absolute);
    return files.map((file) => ({
      role: 'extra file',
      destination: file.path,
      origin: `${path.replace(/\/+$/, '')}/${file.path}`,
      absolute: file.absolute,
      size: file.size,
      mode: file.mode,
    }));
  }
  if (!found?.file)
    throw new ToolError('NOT_A_FILE', { what: 'extra file', path, found: found ? 'special file' : 'dangling link' });
  return [
    {
      role: 'extra file',
      destination: basename(path),
      origin: path,
      absolute,
      size: found.size,
      mode: toArchiveMode(found.mode),
    },
  ];
}
