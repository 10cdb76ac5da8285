import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ToolError } from '../core/errors.ts';
import { toArchiveMode } from '../core/file-tree.ts';
import { listAllFiles } from './folder-files.ts';
import type { IsIgnored } from './ignore-rules.ts';
import type { PackInput } from './plan.ts';

/** `from` on disk becomes `to` in the archive, by default the name of the file or folder; `.` is the root. */
export interface FileMapping {
  readonly from: string;
  readonly to?: string | undefined;
}

/** `src=dest` of a command line; use the config file for a path that contains "=". */
export function parseMapping(text: string): FileMapping {
  const at = text.indexOf('=');
  return at < 0 ? { from: text } : { from: text.slice(0, at), to: text.slice(at + 1) };
}

/**
 * Files, and folders with their structure; ignored files of a folder are left out, a file named explicitly never is.
 */
export async function collectMappedFiles(
  mappings: readonly FileMapping[],
  cwd: string,
  isIgnored: IsIgnored,
): Promise<PackInput[]> {
  const inputs: PackInput[] = [];
  for (const { from, to } of mappings) {
    const absolute = resolve(cwd, from);
    const found = await stat(absolute).catch(() => undefined);
    if (!found) throw new ToolError('FILE_NOT_FOUND', { what: 'file', path: from });
    if (found.isDirectory()) inputs.push(...(await collectFolder(from, absolute, to ?? basename(absolute), isIgnored)));
    else if (found.isFile()) {
      const destination =
        to === undefined ? basename(absolute) : to.endsWith('/') || to === '.' ? below(to, basename(absolute)) : to;
      inputs.push({
        role: 'file',
        destination,
        origin: from,
        absolute,
        size: found.size,
        mode: toArchiveMode(found.mode),
      });
    } else throw new ToolError('NOT_A_FILE', { what: 'file', path: from, found: 'special file' });
  }
  return inputs;
}

async function collectFolder(from: string, absolute: string, to: string, isIgnored: IsIgnored): Promise<PackInput[]> {
  const files = await listAllFiles(absolute, isIgnored);
  return files.map((file) => ({
    role: 'file',
    destination: below(to, file.path),
    origin: `${from.replace(/\/+$/, '')}/${file.path}`,
    absolute: file.absolute,
    size: file.size,
    mode: file.mode,
  }));
}

function below(folder: string, path: string): string {
  const prefix = folder.replace(/^\.\/?/, '').replace(/\/+$/, '');
  return prefix === '' ? path : `${prefix}/${path}`;
}
