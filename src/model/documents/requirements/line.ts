import { type Option, readOptions, splitOptions } from './options.ts';
import { type Package, readPackage } from './package.ts';
import type { LogicalLine } from './text.ts';

/** One line of a requirements file, as pip reads it. */
export type RequirementLine = LogicalLine &
  (
    | ({ readonly kind: 'package' } & Package)
    /** A URL, a repository, or a project that is installed in place. */
    | { readonly kind: 'source'; readonly place: string }
    /** A wheel, another archive or a folder, relative to the file. */
    | { readonly kind: 'file'; readonly path: string }
    /** Another requirements file: its packages count. */
    | { readonly kind: 'include'; readonly path: string }
    | { readonly kind: 'constraint'; readonly path: string }
    | { readonly kind: 'option'; readonly options: readonly Option[] }
    /** Contains `${NAME}`, which the server's environment defines. */
    | { readonly kind: 'open' }
    | { readonly kind: 'refused'; readonly reason: string }
  );

const URL_START = /^(?:https?|ftp|file|(?:git|hg|svn|bzr)\+[a-z]+|git):/i;
const ARCHIVE = /\.(?:zip|whl|tar|tgz|tbz|txz|tlz|tar\.(?:gz|bz2|xz|lz|lzma))$/i;

export function readRequirementLine({ line, text }: LogicalLine): RequirementLine {
  if (/\$\{[A-Z0-9_]+\}/.test(text)) return { line, text, kind: 'open' };
  const { requirement, options } = splitOptions(text);
  const reading = readOptions(options);
  if (reading.kind === 'refused') return { line, text, ...reading };
  if (requirement === '') return { line, text, ...readOptionLine(reading.options) };
  return { line, text, ...readRequirement(requirement) };
}

type Reading = RequirementLine extends infer Line
  ? Line extends LogicalLine
    ? Omit<Line, 'line' | 'text'>
    : never
  : never;

function readOptionLine(options: readonly Option[]): Reading {
  const value = (name: string) => options.find((option) => option.name === name)?.value;
  const editable = value('--editable');
  if (editable !== undefined) return URL_START.test(editable) ? { kind: 'source', place: editable } : toFile(editable);
  const include = value('--requirement');
  const constraint = value('--constraint');
  const path = include ?? constraint;
  if (path === undefined) return { kind: 'option', options };
  if (URL_START.test(path)) return { kind: 'source', place: path };
  return include === undefined ? { kind: 'constraint', path } : { kind: 'include', path };
}

function readRequirement(text: string): Reading {
  const isUrl = URL_START.test(text);
  const place = (isUrl ? text.split('; ') : text.split(';'))[0]?.trim() ?? '';
  if (isUrl) return { kind: 'source', place };
  const path = place.replace(/\[[^\]]*\]$/, '');
  const isNamedUrl = /^[^@/\\]+@/.test(place);
  if (!isNamedUrl && (ARCHIVE.test(path) || /^\.{0,2}[/\\]|^\.{1,2}$/.test(path))) return toFile(path);
  const reading = readPackage(text);
  if (reading.kind === 'ok') return { kind: 'package', ...reading.found };
  // A folder of a project may have any name.
  return /[/\\]/.test(path) ? toFile(path) : reading;
}

/** A path without its extras and fragment. */
function toFile(path: string): Reading {
  return { kind: 'file', path: path.replace(/(?:\[[^\]]*\])?(?:#.*)?$/, '').replaceAll('\\', '/') };
}
