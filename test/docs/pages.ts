import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-info.ts';

/**
 * The pages we publish, and what their fences mean: `sh` is run, `sh serve` is a server that the fences after it talk to,
 * `js` is run as a module, `json NAME` (any language) is a file of that name, `console` is only shown.
 */
export interface Fence {
  readonly language: string;
  /** The word after the language. */
  readonly name: string | undefined;
  readonly text: string;
}

export interface Page {
  /** From the root of the package, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly fences: readonly Fence[];
  /** The text without its fences. */
  readonly prose: string;
}

const fencePattern = /^```(\S*)(?: +(\S+))?\n([\s\S]*?)^```$/gm;

export function readPage(path: string): Page {
  const text = readFileSync(join(packageRoot, path), 'utf8');
  const fences = [...text.matchAll(fencePattern)].map(([, language = '', name, body = '']) => ({
    language,
    name,
    text: body,
  }));
  return { path, text, fences, prose: text.replace(fencePattern, '') };
}

/** README.md and everything below docs/. */
export const pages: readonly Page[] = [
  'README.md',
  ...readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md'))
    .sort(),
].map(readPage);

/** A fence that holds commands to run, or a module. */
export function isRun({ language, name }: Fence): boolean {
  return language === 'sh' || (language === 'js' && name === undefined);
}

/** The lines of a shell text, those ended by a backslash joined to the next; comments and empty lines left out. */
export function commandLines(text: string): string[] {
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)# .*$/, '').trim())
    .filter((line) => line !== '');
}
