import { readMemberText } from '../../core/documents/text-member.ts';
import type { FileTree } from '../../core/file-tree.ts';

export interface Requirements {
  /** Absent when the manifest names no requirements file, or none is there. */
  readonly member: string | undefined;
  readonly lines: readonly RequirementLine[];
  /** False only when it is certain that no line provides the import. */
  mayProvide(root: string): boolean;
}

export interface RequirementLine {
  readonly line: number;
  readonly text: string;
  /** Normalised as PEP 503 says; undefined for options, URLs and paths. */
  readonly name: string | undefined;
  /** What stands behind the name and its extras: "==1.2; python_version > '3.8'". */
  readonly rest: string;
}

/** Packages whose import name is not their own, as far as handlers use them. */
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

/** The member that the manifest calls requirementsFile, as pip reads it. */
export async function readRequirements(tree: FileTree, named: string | undefined): Promise<Requirements> {
  const member = named && (await tree.has(named)) ? named : undefined;
  const text = member === undefined ? '' : await readText(tree, member);
  const lines = parseRequirements(text ?? '');
  // Another file, a URL or a folder may provide anything.
  const isOpen = text === undefined || lines.some(({ name }) => name === undefined);
  return {
    member,
    lines,
    mayProvide(root) {
      const wanted = importNames[root.toLowerCase()] ?? normalise(root);
      return (
        isOpen ||
        lines.some(
          ({ name = '' }) =>
            name === wanted || name.startsWith(`${wanted}-`) || name === `python-${wanted}` || name === `py${wanted}`,
        )
      );
    },
  };
}

async function readText(tree: FileTree, member: string): Promise<string | undefined> {
  const reading = await readMemberText(tree, member, REQUIREMENTS_BYTES);
  return reading.kind === 'ok' ? reading.text : undefined;
}

/** PEP 508 lines, comments and continuation lines as pip reads them. */
export function parseRequirements(text: string): RequirementLine[] {
  return joinContinued(text).flatMap(({ raw, line }) => {
    const stripped = raw
      .replace(/(^|\s)#.*$/, '')
      .replace(/\s+/g, ' ')
      .trim();
    if (stripped === '') return [];
    const match = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?=[(<>=!~;]|$)/.exec(stripped);
    const rest = match ? stripped.slice(match[0].length) : '';
    return [{ line, text: stripped, name: match ? normalise(match[1] as string) : undefined, rest }];
  });
}

/** A line ending in a backslash goes on; the number is that of its first line. */
function joinContinued(text: string): { raw: string; line: number }[] {
  const joined: { raw: string; line: number }[] = [];
  let goesOn = false;
  for (const [index, part] of text.split(/\r?\n/).entries()) {
    const raw = part.replace(/\\$/, ' ');
    const last = joined.at(-1);
    if (goesOn && last) last.raw += raw;
    else joined.push({ raw, line: index + 1 });
    goesOn = part.endsWith('\\');
  }
  return joined;
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
