import { resolve } from 'node:path';
import type { Context } from './context.ts';

/** The file a path of the user means: as typed where that already leads there, so that messages show the user's own words. */
export function locate(path: string, { cwd }: Pick<Context, 'cwd'>): string {
  const absolute = resolve(cwd, path);
  return resolve(path) === absolute ? path : absolute;
}
