import { readFile } from 'node:fs/promises';
import { describeError, systemCode, ToolError } from './errors.ts';

/**
 * The error of the file system as our error: FILE_NOT_FOUND for a missing file, NOT_A_FILE for a folder, else
 * FILE_UNREADABLE.
 */
export function toFileError(cause: unknown, path: string, what: string): ToolError {
  if (isAbsent(cause)) return new ToolError('FILE_NOT_FOUND', { what, path }, { cause });
  if (systemCode(cause) === 'EISDIR') return new ToolError('NOT_A_FILE', { what, path, found: 'folder' }, { cause });
  return new ToolError('FILE_UNREADABLE', { path, reason: systemCode(cause) ?? describeError(cause) }, { cause });
}

export async function readNamedFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw toFileError(cause, path, what);
  }
}

/** A text, or undefined if the file is missing; throws NOT_A_FILE or FILE_UNREADABLE. */
export async function readOptionalFile(path: string, what = 'file'): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw toFileError(cause, path, what);
  }
}

function isAbsent(cause: unknown): boolean {
  const code = systemCode(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
