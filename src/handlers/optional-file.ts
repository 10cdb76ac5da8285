import { readFile } from 'node:fs/promises';
import { describeError, systemCode, ToolError } from '../core/errors.ts';

/** A text file of the archive, or undefined when it is not there; throws FILE_UNREADABLE. */
export async function readOptionalFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new ToolError('FILE_UNREADABLE', { path, reason: systemCode(cause) ?? describeError(cause) }, { cause });
  }
}
