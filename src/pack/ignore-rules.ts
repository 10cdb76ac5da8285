import { isAbsolute, join, relative } from 'node:path';
import ignore from 'ignore';
import { readOptionalFile } from '../core/read-file.ts';

/** Never wanted in an archive when a whole folder is packed; a file named on its own is always taken. */
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

/** Says of an absolute path whether `.marignore` (gitignore's syntax, relative to its folder) leaves it out. */
export type IsIgnored = (absolute: string) => boolean;

/** The rules of `<folder>/.marignore`, if there is one, after the built-in ones and before `patterns`. */
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
    // Rules speak of files below their folder; what lies outside is judged by its own name alone.
    const judged = inside.startsWith('../') || isAbsolute(inside) ? inside.replace(/^.*\/(?=.)/s, '') : inside;
    return judged ? matcher.ignores(judged) : false;
  };
}
