import { openExtracted } from '../archive/folder/folder-tree.ts';
import type { ModelFacts } from './facts.ts';
import { createFacts } from './read-facts.ts';

/** An archive that was extracted, as a worker sees it: it needs none of the readers of archives. */
export async function openModelFolder(path: string): Promise<ModelFacts> {
  return createFacts(await openExtracted(path));
}
