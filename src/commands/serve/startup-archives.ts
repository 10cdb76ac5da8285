import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import { type ArchiveSources, type LocatedArchive, locateArchive } from '../../serve/model/locate-archive.ts';
import { locateWorkflow } from '../../serve/workflow/locate-workflow.ts';

/** An archive to load at startup. */
export interface StartupArchive extends LocatedArchive {
  readonly url: string;
  /** Overrides the manifest's. */
  readonly name: string | undefined;
  /** Found by "all": a failure is only a warning. */
  readonly optional: boolean;
}

export interface StartupRequest {
  readonly kind: 'model' | 'workflow';
  /** Paths, also outside the store. */
  readonly archives: readonly string[];
  /** `[name=]file` of the store, or "all" (contract 4.3). */
  readonly names: readonly string[];
  readonly places: ArchiveSources;
  readonly cwd: string;
}

const kinds = {
  model: { ending: /\.(mar|model|tar\.gz)$/, takesFolders: true, locate: locateArchive },
  workflow: { ending: /\.war$/, takesFolders: false, locate: locateWorkflow },
} as const;

export async function listStartupArchives(request: StartupRequest): Promise<StartupArchive[]> {
  const { kind, archives, names, places, cwd } = request;
  const direct = archives.map((path) => ({
    path: resolve(cwd, path),
    url: basename(path),
    name: undefined,
    optional: false,
    fetched: false,
  }));
  if (names.some((name) => /^all$/i.test(name))) return [...direct, ...(await listStore(kind, places.modelStore))];
  const named = names.map(async (text) => {
    const { name, url } = splitName(text);
    return { ...(await kinds[kind].locate(url, places)), url, name, optional: false };
  });
  return [...direct, ...(await Promise.all(named))];
}

function splitName(text: string): { name: string | undefined; url: string } {
  const equals = text.indexOf('=');
  return equals < 0 ? { name: undefined, url: text } : { name: text.slice(0, equals), url: text.slice(equals + 1) };
}

/** The entries of the store that may be of this kind, by ending; for models also folders. */
export async function listStore(kind: StartupRequest['kind'], store: string | undefined): Promise<StartupArchive[]> {
  if (store === undefined)
    throw new ToolError('ARCHIVE_NOT_IN_STORE', { message: 'Model store has not been configured.' });
  const { ending, takesFolders } = kinds[kind];
  const entries = await readdir(store, { withFileTypes: true });
  return entries
    .filter(
      (entry) => !entry.name.startsWith('.') && ((takesFolders && entry.isDirectory()) || ending.test(entry.name)),
    )
    .map(({ name }) => ({ path: join(store, name), url: name, name: undefined, optional: true, fetched: false }))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}
