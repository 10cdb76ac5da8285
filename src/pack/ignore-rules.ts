import { isAbsolute, join, relative } from 'node:path';
import ignore from 'ignore';
import { readOptionalFile } from '../core/read-file.ts';

/** Never wanted when a whole folder is packed; a file named explicitly is always packed. */
const ALWAYS_IGNORED = [
  '.git/',
  '.hg/',
  '.svn/',
  'node_modules/',
  '__pycache__/',
  '*.pyc',
  '__MACOSX/',
  '.DS_Store',
  'Thumbs.db',
  '.marignore',
];

export const IGNORE_FILE = '.marignore';

/** Tests whether `.marignore` (gitignore's syntax, relative to its folder) ignores an absolute path. */
export type IsIgnored = (absolute: string) => boolean;

/** The default rules, then those of `<folder>/.marignore`, if it exists, then `patterns`. */
export async function readIgnoreRules(folder: string, patterns: readonly string[] = []): Promise<IsIgnored> {
  const path = join(folder, IGNORE_FILE);
  const own = (await readOptionalFile(path)) ?? '';
  const matcher = ignore()
    .add(ALWAYS_IGNORED)
    .add(own)
    .add([...patterns]);
  return (absolute) => {
    const folderMark = absolute.endsWith('/') ? '/' : '';
    const inside = relative(folder, absolute).split('\\').join('/') + folderMark;
    // Rules apply to files below their folder; a file outside is matched by its name only.
    const judged = inside.startsWith('../') || isAbsolute(inside) ? inside.replace(/^.*\/(?=.)/s, '') : inside;
    return judged ? matcher.ignores(judged) : false;
  };
}
