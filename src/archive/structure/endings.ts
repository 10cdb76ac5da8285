import { basename } from 'node:path';

/** Content decides what an archive is; its ending only says what to write, and is left out of names made from it. */
const ARCHIVE = /\.(mar|war|zip|tar\.gz|tgz)$/i;
const TGZ = /\.(tar\.gz|tgz)$/i;

export function isTgzName(name: string): boolean {
  return TGZ.test(name);
}

/** The file's name without an archive's ending. */
export function archiveStem(path: string): string {
  return basename(path).replace(ARCHIVE, '');
}
