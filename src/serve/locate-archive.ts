import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../core/errors.ts';

/**
 * Where a name of the management API or of `--models` points (contract 2.1): always into the model store, by its last
 * path segment alone. Unlike upstream nothing is ever fetched from a URL, and no path outside the store is opened.
 */
export async function locateArchive(url: string, modelStore: string | undefined): Promise<string> {
  if (modelStore === undefined) throw notThere('Model store has not been configured.');
  if (url === '') throw notThere('empty url');
  if (url.includes('..')) throw notThere(`Relative path is not allowed in url: ${url}`);
  if (/^(file|https?):/i.test(url)) throw notThere(`Given URL ${url} does not match any allowed URL(s)`);
  const name = url.slice(url.lastIndexOf('/') + 1);
  const path = join(modelStore, name);
  if (name === '' || /[\\\0]/.test(name) || !(await exists(path))) throw notThere(`Model not found at: ${url}`);
  return path;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function notThere(message: string): ToolError {
  return new ToolError('ARCHIVE_NOT_IN_STORE', { message });
}
