import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ToolError } from '../core/errors.ts';
import { type ArchivePlaces, locateArchive } from '../serve/locate-archive.ts';

/** A model to load at start. */
export interface StartupModel {
  readonly path: string;
  readonly url: string;
  /** Undefined leaves the name to the manifest. */
  readonly name: string | undefined;
  /** Found by "all": one that cannot be loaded is a warning, not the end. */
  readonly optional: boolean;
  /** It was put into the store for this start. */
  readonly fetched: boolean;
}

export interface StartupRequest {
  /** Archives anywhere on disk. */
  readonly archives: readonly string[];
  /** `[name=]file` of the model store, or "all" (contract 4.3). */
  readonly models: readonly string[];
  readonly places: ArchivePlaces;
  readonly cwd: string;
}

export async function listStartupModels({ archives, models, places, cwd }: StartupRequest): Promise<StartupModel[]> {
  const direct = archives.map((path) => ({
    path: resolve(cwd, path),
    url: basename(path),
    name: undefined,
    optional: false,
    fetched: false,
  }));
  if (models.some((model) => /^all$/i.test(model))) return [...direct, ...(await listStore(places.modelStore))];
  const named = models.map(async (text) => {
    const { name, url } = splitName(text);
    return { ...(await locateArchive(url, places)), url, name, optional: false };
  });
  return [...direct, ...(await Promise.all(named))];
}

function splitName(text: string): { name: string | undefined; url: string } {
  const equals = text.indexOf('=');
  return equals < 0 ? { name: undefined, url: text } : { name: text.slice(0, equals), url: text.slice(equals + 1) };
}

/** Every entry of the store that can be a model: archives by their ending, and folders. */
async function listStore(modelStore: string | undefined): Promise<StartupModel[]> {
  if (modelStore === undefined)
    throw new ToolError('ARCHIVE_NOT_IN_STORE', { message: 'Model store has not been configured.' });
  const entries = await readdir(modelStore, { withFileTypes: true });
  return entries
    .filter(
      (entry) => !entry.name.startsWith('.') && (entry.isDirectory() || /\.(mar|model|tar\.gz)$/.test(entry.name)),
    )
    .map(({ name }) => ({ path: join(modelStore, name), url: name, name: undefined, optional: true, fetched: false }))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}
