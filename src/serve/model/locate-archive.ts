import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import { fetchArchive } from './fetch-archive.ts';

/** Where archives may come from. */
export interface ArchiveSources {
  /** The one folder that names are resolved in. */
  readonly modelStore: string | undefined;
  /** A URL may be fetched when one of them matches the whole of it. */
  readonly allowedUrls: readonly RegExp[];
}

export interface LocatedArchive {
  readonly path: string;
  /** Fetched into the store for this registration, and removed with the model. */
  readonly fetched: boolean;
}

/**
 * Resolves a name of the management API or of `--models` (contract 2.1), by its last path segment alone and always in the
 * model store. Unlike in TorchServe no path outside the store is opened.
 */
export async function locateArchive(url: string, { modelStore, allowedUrls }: ArchiveSources): Promise<LocatedArchive> {
  if (modelStore === undefined) throw notFound('Model store has not been configured.');
  if (url === '') throw notFound('empty url');
  if (url.includes('..')) throw notFound(`Relative path is not allowed in url: ${url}`);
  const isUrl = /^(file|https?):/i.test(url);
  const allows = (candidate: string) => allowedUrls.some((pattern) => pattern.test(candidate));
  if (isUrl && !allows(url)) throw notFound(`Given URL ${url} does not match any allowed URL(s)`);
  const name = nameOf(url, isUrl);
  const path = join(modelStore, name);
  if (name === '' || /[\\/\0]/.test(name)) throw notFound(`Model not found at: ${url}`);
  if (isUrl) {
    if (await exists(path)) throw new ToolError('MODEL_FILE_EXISTS', { file: name });
    await fetchArchive(url, path, { allows });
    return { path, fetched: true };
  }
  if (!(await exists(path))) throw notFound(`Model not found at: ${url}`);
  return { path: await enterOnlyFolder(path), fetched: false };
}

/** Last path segment; of a URL without its query, decoded. */
function nameOf(url: string, isUrl: boolean): string {
  const path = isUrl ? new URL(url).pathname : url;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isUrl ? decodeURIComponent(name) : name;
}

/** A folder whose only entry is a folder stands for that one: an unpacked .tar.gz (contract 2.1). */
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

function notFound(message: string): ToolError {
  return new ToolError('ARCHIVE_NOT_IN_STORE', { message });
}
