import { posix } from 'node:path';
import { readJsonDocument } from '../../../core/documents/json-document.ts';
import { readMemberBytes, readMemberText } from '../../../core/documents/text-member.ts';
import { readYaml } from '../../../core/documents/yaml.ts';
import type { FileTree } from '../../../core/file-tree.ts';
import { findNameProblems, toArchivePath } from '../../../core/paths.ts';
import type { PythonFacts } from '../../../source/parse-python.ts';
import type { WeightsReading } from '../../../weights/index.ts';
import type { OnnxFacts } from '../../../weights/reading/facts.ts';
import type { Requirements } from '../../documents/requirements.ts';

/** Bytes of a document of a tool. The config.json of a model with 21,000 labels has 1.5 MB. */
const DOCUMENT_BYTES = 4 * 1024 ** 2;
/** Bytes of a Python file; generated ones that were seen have 300 kB. */
const SOURCE_BYTES = 2 * 1024 ** 2;
/** Nesting of a document: quantisation settings of transformers reach 8. */
const DOCUMENT_DEPTH = 32;
/** Characters of one value that is shown or becomes a name. */
const VALUE_CHARACTERS = 500;
/** Requirements that are listed. */
const MOST_REQUIREMENTS = 200;
/** What programs and systems leave beside files. */
const LEFT_BEHIND =
  /(^|\/)(\.git|\.cache|\.ipynb_checkpoints|__pycache__|__MACOSX)\/|(^|\/)(\._[^/]*|\.DS_Store|\.gitattributes|\.gitignore)$/;

/** The readers that archives are read with too. */
export interface MemberReaders {
  python(member: string): Promise<PythonFacts | undefined>;
  weights(member: string): Promise<WeightsReading>;
  requirements(member: string): Promise<Requirements>;
}

/** The files of an artefact, seen from its own folder, read as data and within bounds. What cannot be read is noted. */
export interface ArtefactFiles {
  readonly tree: FileTree;
  /** What its path calls it, without the ending of an archive. */
  readonly name: string;
  /** Sorted; what systems leave behind is not among them. */
  readonly paths: readonly string[];
  /** Sentences about what could not be read. */
  readonly notes: readonly string[];
  has(path: string): boolean;
  size(path: string): number;
  text(path: string): Promise<string | undefined>;
  /** Undefined when it is not there, too large or no JSON. */
  json(path: string): Promise<unknown>;
  /** Every scalar as its text, so that a version 3.10 stays one. */
  yaml(path: string): Promise<unknown>;
  python(path: string): Promise<PythonFacts | undefined>;
  weights(path: string): Promise<WeightsReading>;
  requirements(path: string | undefined): Promise<string[]>;
}

export async function readFiles(tree: FileTree, name: string, members: MemberReaders): Promise<ArtefactFiles> {
  const entries = (await tree.list()).filter(({ path }) => !LEFT_BEHIND.test(path));
  const sizes = new Map<string, number>(entries.map(({ path, size }) => [path, size]));
  const notes = new Set<string>();
  const note = (path: string, reason: string) => void notes.add(`${path} cannot be read: ${reason}.`);
  const files: ArtefactFiles = {
    tree,
    name,
    paths: [...sizes.keys()],
    get notes() {
      return [...notes];
    },
    has: (path) => sizes.has(path),
    size: (path) => sizes.get(path) ?? 0,
    async text(path) {
      if (!sizes.has(path)) return undefined;
      const reading = await readMemberText(tree, path, SOURCE_BYTES);
      if (reading.kind === 'ok') return reading.text;
      note(path, reading.reason);
      return undefined;
    },
    async json(path) {
      if (!sizes.has(path)) return undefined;
      const bytes = await readMemberBytes(tree, path, DOCUMENT_BYTES);
      const document = bytes.kind === 'ok' ? readJsonDocument(bytes.bytes, DOCUMENT_DEPTH) : bytes;
      if (document.kind === 'ok') return document.value;
      note(path, document.reason);
      return undefined;
    },
    async yaml(path) {
      if (!sizes.has(path)) return undefined;
      const text = await readMemberText(tree, path, DOCUMENT_BYTES);
      const document = text.kind === 'ok' ? await readYaml(text.text, { schema: 'text' }) : text;
      if (document.kind === 'ok') return document.value;
      note(path, document.reason);
      return undefined;
    },
    async python(path) {
      return sizes.has(path) && files.size(path) <= SOURCE_BYTES ? members.python(path) : undefined;
    },
    weights: members.weights,
    async requirements(path) {
      if (path === undefined || !sizes.has(path)) return [];
      const { lines, unreadable } = await members.requirements(path);
      for (const { member, reason } of unreadable) note(member, reason);
      return lines
        .filter(({ kind }) => kind !== 'option')
        .map(({ text }) => cut(text))
        .slice(0, MOST_REQUIREMENTS);
    },
  };
  return files;
}

/** The files below a folder of the tree, by their paths from there. */
export function rootedTree(tree: FileTree, folder: string): FileTree {
  if (folder === '') return tree;
  const prefix = `${folder}/`;
  return {
    ...tree,
    async list() {
      const inside = (await tree.list()).filter(({ path }) => path.startsWith(prefix));
      return inside.map((entry) => ({ ...entry, path: toArchivePath(entry.path.slice(prefix.length)) }));
    },
    has: (path) => tree.has(prefix + path),
    open: (path) => tree.open(prefix + path),
  };
}

export async function readOnnxFacts(files: ArtefactFiles, path: string): Promise<OnnxFacts | undefined> {
  const { facts } = await files.weights(path);
  return facts?.format === 'onnx' ? facts : undefined;
}

/** A path that a document names, seen from `folder`; undefined when it leads out of the artefact or to nothing. */
export function resolvePath(files: ArtefactFiles, folder: string, path: string): string | undefined {
  const found = posix.join(folder, path).replace(/\/$/, '');
  return findNameProblems(found).length === 0 && files.has(found) ? found : undefined;
}

/** The files of a folder that a document names, or the file by itself. */
export function filesAt(files: ArtefactFiles, path: string): string[] {
  const found = posix.normalize(path).replace(/\/$/, '');
  if (found === '.') return [...files.paths];
  return files.paths.filter((one) => one === found || one.startsWith(`${found}/`));
}

/** A text of a document, cut to what can be shown. */
export function cut(text: string): string {
  return text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)}…` : text;
}
