import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';
import { toArchiveMode } from '../core/file-tree.ts';
import type { PackInput } from './plan.ts';

/** One file an option names, under its own name. Throws FILE_NOT_FOUND, NOT_A_FILE. */
export async function collectFile(
  role: string,
  path: string | undefined,
  context: Context,
): Promise<PackInput | undefined> {
  if (path === undefined) return undefined;
  const absolute = resolve(context.cwd, path);
  const found = await stat(absolute).catch(() => undefined);
  if (!found) throw new ToolError('FILE_NOT_FOUND', { what: role, path });
  if (!found.isFile())
    throw new ToolError('NOT_A_FILE', { what: role, path, found: found.isDirectory() ? 'folder' : 'special file' });
  return {
    role,
    destination: basename(path),
    origin: path,
    absolute,
    size: found.size,
    mode: toArchiveMode(found.mode),
  };
}
