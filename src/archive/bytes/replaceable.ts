import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { systemCode, ToolError } from '../../core/errors.ts';
import { MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';

/**
 * Throws FOLDER_NOT_REPLACED unless a forced output may replace this folder: an unpacked archive or an empty folder.
 * The current folder and the home folder are never replaced, whatever their content.
 */
export async function refuseForeignFolder(folder: string): Promise<void> {
  const reason = (await findPersonalPlace(folder)) ?? (await findForeign(folder));
  if (reason !== undefined) throw new ToolError('FOLDER_NOT_REPLACED', { path: folder, reason });
}

/** The folders of the process, not of a context: the user's shell is in them. */
async function findPersonalPlace(folder: string): Promise<string | undefined> {
  const identity = await identify(folder);
  if (dirname(resolve(folder)) === resolve(folder)) return 'it is the root of a file system';
  for (const [place, name] of [
    [resolve('.'), 'the current folder'],
    [homedir(), 'your home folder'],
  ] as const) {
    if ((await identify(place)) === identity) return `it is ${name}`;
    for (const parent of parentsOf(await realpath(place).catch(() => place)))
      if ((await identify(parent)) === identity) return `it holds ${name}`;
  }
  return undefined;
}

/** Compares folders by identity, whatever the path: links, letter case and mounts give one folder many paths. */
async function identify(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}

async function findForeign(folder: string): Promise<string | undefined> {
  for (const manifest of [MANIFEST_PATH, WORKFLOW_MANIFEST_PATH]) {
    const found = await stat(join(folder, manifest)).catch(() => undefined);
    if (found?.isFile()) return undefined;
  }
  const names = await readdir(folder).catch((cause: unknown) => [systemCode(cause) ?? 'unreadable']);
  return names.length === 0 ? undefined : `it has no ${MANIFEST_PATH}, so it is not an unpacked archive`;
}
