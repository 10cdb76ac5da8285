import { type Artefact, newArtefact } from '../common/artefact.ts';
import type { ArtefactFiles } from '../common/files.ts';

/** A model store of TorchServe: archives side by side. */
export async function readModelStore(files: ArtefactFiles): Promise<Artefact | undefined> {
  const archives = files.paths.filter((path) => /^(?:model[-_]store\/)?[^/]+\.(mar|war)$/.test(path));
  if (archives.length === 0) return undefined;
  return {
    ...newArtefact('model store of TorchServe'),
    weights: archives,
    recipe: undefined,
    advice: 'Its files are archives already: serve them with mar serve --model-store, judge each with mar validate.',
  };
}
