import { lstat, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compareBytes } from '../core/file-tree.ts';

/** A piece of `--extra-files` is a pattern under upstream's test: `*`, `?`, or both brackets (contract 1.3). */
export function isPattern(piece: string): boolean {
  return /[*?]/.test(piece) || (piece.includes('[') && piece.includes(']'));
}

/**
 * Paths that match, as Python's `glob.glob` finds them: component by component, `**` is `*`, a leading dot matches
 * only a leading dot, a slash at the end only folders. Sorted, where Python keeps directory order.
 */
export async function glob(pattern: string, cwd: string): Promise<string[]> {
  const absolute = pattern.startsWith('/');
  const components = pattern.split('/').filter((part) => part !== '');
  let found = [absolute ? '/' : ''];
  for (const component of components) {
    const next: string[] = [];
    for (const base of found) next.push(...(await expand(base, component, cwd)));
    found = next;
  }
  if (pattern.endsWith('/')) found = (await onlyFolders(found, cwd)).map((path) => `${path}/`);
  return found.sort(compareBytes);
}

async function onlyFolders(paths: readonly string[], cwd: string): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => stat(resolve(cwd, path)).catch(() => undefined)));
  return paths.filter((_, index) => found[index]?.isDirectory());
}

async function expand(base: string, component: string, cwd: string): Promise<string[]> {
  const folder = base.startsWith('/') ? base : join(cwd, base);
  const at = (name: string) => (base === '' || base.endsWith('/') ? base + name : `${base}/${name}`);
  if (!/[*?[]/.test(component)) return (await exists(join(folder, component))) ? [at(component)] : [];
  const matches = toRegExp(component);
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => (component.startsWith('.') || !name.startsWith('.')) && matches.test(name)).map(at);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Python's `fnmatch.translate` for one component: `[!…]` negates, a `]` right after the bracket is literal, an open `[` is literal. */
function toRegExp(component: string): RegExp {
  let source = '';
  for (let i = 0; i < component.length; i++) {
    const char = component.charAt(i);
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const close = component.indexOf(']', i + (component[i + 1] === '!' ? 3 : 2));
      if (close < 0) source += '\\[';
      else {
        source += toClass(component.slice(i + 1, close));
        i = close;
      }
    } else source += char.replace(/[\\^$.|+(){}/\]-]/g, '\\$&');
  }
  return new RegExp(`^(?:${source})$`, 'su');
}

function toClass(body: string): string {
  const negated = body.startsWith('!');
  const content = (negated ? body.slice(1) : body).replace(/[\\\]^[]/g, '\\$&');
  return `[${negated ? '^' : ''}${content}]`;
}
