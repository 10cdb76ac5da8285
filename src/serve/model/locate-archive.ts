import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import { fetchArchive } from './fetch-archive.ts';

export interface ArchivePlaces {
  /** The one folder that archives are named in. */
  readonly modelStore: string | undefined;
  /** Each matches the whole of a URL that may be fetched from. */
  readonly allowedUrls: readonly RegExp[];
}

export interface LocatedArchive {
  readonly path: string;
  /** It was put into the store for this registration, and goes when the model does. */
  readonly fetched: boolean;
}

/**
 * Where a name of the management API or of `--models` points (contract 2.1): always into the model store, by its last
 * path segment alone. Unlike upstream no path outside the store is opened.
 */
export async function locateArchive(url: string, { modelStore, allowedUrls }: ArchivePlaces): Promise<LocatedArchive> {
  if (modelStore === undefined) throw notThere('Model store has not been configured.');
  if (url === '') throw notThere('empty url');
  if (url.includes('..')) throw notThere(`Relative path is not allowed in url: ${url}`);
  const isUrl = /^(file|https?):/i.test(url);
  const allows = (candidate: string) => allowedUrls.some((pattern) => pattern.test(candidate));
  if (isUrl && !allows(url)) throw notThere(`Given URL ${url} does not match any allowed URL(s)`);
  const name = nameOf(url, isUrl);
  const path = join(modelStore, name);
  if (name === '' || /[\\/\0]/.test(name)) throw notThere(`Model not found at: ${url}`);
  if (isUrl) {
    if (await exists(path)) throw new ToolError('MODEL_FILE_EXISTS', { file: name });
    await fetchArchive(url, path, { allows });
    return { path, fetched: true };
  }
  if (!(await exists(path))) throw notThere(`Model not found at: ${url}`);
  return { path: await enterOnlyFolder(path), fetched: false };
}

/** Of a URL the query does not count, and the name is decoded. */
function nameOf(url: string, isUrl: boolean): string {
  const path = isUrl ? new URL(url).pathname : url;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isUrl ? decodeURIComponent(name) : name;
}

/** A folder that holds one folder and nothing else stands for that one, as an unpacked .tar.gz has it (contract 2.1). */
async function enterOnlyFolder(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return path;
  const [only, ...more] = await readdir(path, { withFileTypes: true });
  return only !== undefined && more.length === 0 && only.isDirectory() ? join(path, only.name) : path;
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
