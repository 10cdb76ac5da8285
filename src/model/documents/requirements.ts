import { posix } from 'node:path';
import { readMemberBytes } from '../../core/documents/text-member.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { type RequirementLine as Line, readRequirementLine } from './requirements/line.ts';
import { normaliseName } from './requirements/package.ts';
import { decodeRequirements, toLogicalLines } from './requirements/text.ts';

export interface Requirements {
  /** Absent if the manifest names no requirements file, or the file is missing. */
  readonly member: string | undefined;
  /** Of that file and of those it includes. */
  readonly lines: readonly RequirementLine[];
  readonly unreadable: readonly { readonly member: string; readonly reason: string }[];
  /** False only when it is certain that no line provides the import. */
  mayProvide(root: string): boolean;
}

export type RequirementLine = Line & { readonly member: string };

/** Packages whose import name differs from their own, if handlers use them. */
const importNames: Readonly<Record<string, string>> = {
  bs4: 'beautifulsoup4',
  cv2: 'opencv',
  faiss: 'faiss',
  google: 'google',
  pil: 'pillow',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'pyyaml',
  dateutil: 'python-dateutil',
  attr: 'attrs',
  jwt: 'pyjwt',
  crypto: 'pycryptodome',
  sentence_transformers: 'sentence-transformers',
};

/** Bytes of a requirements file; the largest lock file seen has 300 kB. */
const REQUIREMENTS_BYTES = 8 * 1024 ** 2;
/** Files that include one another; real projects have two or three. */
const MAX_FILES = 20;

/** The member named by requirementsFile, and the files it includes, as pip reads them. */
export async function readRequirements(tree: FileTree, named: string | undefined): Promise<Requirements> {
  const member = named && (await tree.has(named)) ? named : undefined;
  const lines: RequirementLine[] = [];
  const unreadable: { member: string; reason: string }[] = [];
  // A file that cannot be read may provide anything.
  let isOpen = false;
  const pending = new Set(member === undefined ? [] : [member]);
  for (const file of pending) {
    const reading = await readFile(tree, file);
    if (Array.isArray(reading)) lines.push(...reading);
    else unreadable.push({ member: file, reason: reading.reason });
    for (const included of Array.isArray(reading) ? reading : []) {
      if (included.kind !== 'include') continue;
      const path = resolveBeside(included, included.path);
      if (pending.size < MAX_FILES && (await tree.has(path))) pending.add(path);
      else if (!pending.has(path)) isOpen = true;
    }
  }
  return {
    member,
    lines,
    unreadable,
    mayProvide: (root) => isOpen || unreadable.length > 0 || lines.some((line) => provides(line, root)),
  };
}

async function readFile(tree: FileTree, member: string): Promise<RequirementLine[] | { readonly reason: string }> {
  const reading = await readMemberBytes(tree, member, REQUIREMENTS_BYTES);
  if (reading.kind === 'unreadable') return reading;
  const parsed = parseRequirements(reading.bytes);
  return Array.isArray(parsed) ? parsed.map((line) => ({ ...line, member })) : parsed;
}

/** The lines of a requirements file, or the reason why it has none. */
export function parseRequirements(bytes: Uint8Array): Line[] | { readonly reason: string } {
  const decoding = decodeRequirements(bytes);
  return decoding.kind === 'ok' ? toLogicalLines(decoding.text).map(readRequirementLine) : decoding;
}

/**
 * A path in a line as a member of the archive: pip reads included files relative to the file, all others relative to
 * the model's folder.
 */
export function resolveBeside({ member, kind }: RequirementLine, path: string): string {
  const local = path.replace(/^file:(?:\/\/)?/, '');
  return kind === 'file' ? posix.normalize(local) : posix.join(posix.dirname(member), local);
}

function provides(line: RequirementLine, root: string): boolean {
  switch (line.kind) {
    case 'package': {
      const wanted = importNames[root.toLowerCase()] ?? normaliseName(root);
      const { name } = line;
      return name === wanted || name.startsWith(`${wanted}-`) || name === `python-${wanted}` || name === `py${wanted}`;
    }
    case 'constraint':
    case 'include':
    case 'option':
    case 'refused':
      return false;
    // A URL or a folder may provide anything.
    case 'source':
    case 'file':
    case 'open':
      return true;
  }
}
