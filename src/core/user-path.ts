import { resolve } from 'node:path';
import type { Context } from './context.ts';

/**
 * The file of a path from the user: unchanged if it is correct from the current folder, so that messages show the
 * user's own spelling.
 */
export function locate(path: string, { cwd }: Pick<Context, 'cwd'>): string {
  const absolute = resolve(cwd, path);
  return resolve(path) === absolute ? path : absolute;
}
