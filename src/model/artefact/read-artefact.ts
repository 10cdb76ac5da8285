import type { FileTree } from '../../core/file-tree.ts';
import { MODEL_NAME } from '../documents/manifest.ts';
import type { Artefact, ArtefactFacts, Recipe } from './common/artefact.ts';
import { type ArtefactFiles, type MemberReaders, readFiles, rootedTree } from './common/files.ts';
import { artefactReaders } from './tools.ts';

export interface ArtefactReading {
  readonly facts: ArtefactFacts;
  readonly recipe: Recipe | undefined;
  /** The next step where there is nothing to pack. */
  readonly advice: string | undefined;
  /** Its files, as the recipe names them. */
  readonly files: ArtefactFiles;
  /** A name that a model may have, from what the artefact or its path says. */
  readonly modelName: string;
  readonly modelVersion: string | undefined;
}

/** Folders in one another, each alone in the one above, that are looked into. */
const MOST_FOLDERS = 4;

/** What tool made these files; undefined when none is known by its marks. `name` is what their path calls them. */
export async function readArtefact(
  tree: FileTree,
  name: string,
  readersOf: (tree: FileTree) => MemberReaders,
): Promise<ArtefactReading | undefined> {
  let folder = '';
  for (let depth = 0; depth <= MOST_FOLDERS; depth++) {
    const rooted = rootedTree(tree, folder);
    const files = await readFiles(rooted, folder.replace(/^.*\//, '') || name, readersOf(rooted));
    for (const [tool, read] of artefactReaders) {
      const artefact = await read(files);
      if (artefact !== undefined) return describe(tool, artefact, files, folder);
    }
    const top = findOnlyFolder(files.paths);
    if (top === undefined) return undefined;
    folder = folder === '' ? top : `${folder}/${top}`;
  }
  return undefined;
}

/** The folder that everything lies in. */
function findOnlyFolder(paths: readonly string[]): string | undefined {
  const tops = new Set(paths.map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')));
  const [top] = tops;
  return tops.size === 1 && top !== '' ? top : undefined;
}

function describe(
  tool: ArtefactFacts['tool'],
  { recipe, advice, ...known }: Artefact,
  files: ArtefactFiles,
  folder: string,
): ArtefactReading {
  const facts = { tool, ...known, ...(folder !== '' && { folder }), notes: [...known.notes, ...files.notes] };
  return {
    facts,
    recipe,
    advice,
    files,
    modelName: toModelName(known.modelName ?? files.name),
    modelVersion: known.modelVersion !== undefined && VERSION.test(known.modelVersion) ? known.modelVersion : undefined,
  };
}

/** A version that needs no care on a command line. */
const VERSION = /^[A-Za-z0-9][\w.+-]{0,99}$/;

/** The nearest name that MANIFEST.json may hold: `org/model v2` becomes `org-model-v2`. */
function toModelName(name: string): string {
  const found = name
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 100);
  return MODEL_NAME.test(found) ? found : 'model';
}
