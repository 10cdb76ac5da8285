import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { openExtracted } from '../archive/folder/folder-tree.ts';
import { planTree } from '../archive/plan/plan-tree.ts';
import { readArchive, readArchiveSource } from '../archive/read.ts';
import { formatOfName, isWorkflowName, promisesManifest } from '../archive/structure/formats.ts';
import type { ArchiveReading } from '../archive/structure/types.ts';
import { type ByteSource, openFile } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import { MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../core/paths.ts';
import type { ModelFacts } from './facts.ts';
import { createFacts } from './read-facts.ts';
import { promisesWeights } from './weights-members.ts';
import { openWeightsTree } from './weights-tree.ts';

/** What a path or URL leads to. */
export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'file';
      /** The last part of the path. */
      readonly name: string;
      /** Of a file of this machine; files beside it may belong to it. */
      readonly path?: string;
      /** The bytes, opened anew each time. */
      open(): Promise<ByteSource>;
    };

/** A path of this machine; a file that is not there or cannot be read is worded where it is opened. */
export async function findLocalPlace(path: string): Promise<Place> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { kind: 'folder', path };
  return { kind: 'file', name: basename(path), path, open: () => openFile(path, 'archive') };
}

export interface OpenFactsOptions {
  readonly limits?: Partial<Limits>;
  /** Takes any ZIP for an archive, a torch checkpoint too. */
  readonly asArchive?: boolean;
}

export interface OpenFacts {
  readonly facts: ModelFacts;
  /** The structure; of a weights file, what it looked like as an archive. */
  readonly archive: ArchiveReading;
  close(): Promise<void>;
}

/** An archive, an unpacked folder, or a weights file by itself, told apart by content. Throws when it is missing or cannot be read. */
export async function openFacts(place: Place, options: OpenFactsOptions = {}): Promise<OpenFacts> {
  const limits = { ...defaultLimits, ...options.limits };
  const archive =
    place.kind === 'folder'
      ? await readArchive(place.path, { limits })
      : await readArchiveSource(await place.open(), { limits });
  try {
    if (place.kind === 'file' && !options.asArchive && (await isWeightsFile(place.name, archive))) {
      await archive.close();
      const { tree, ...weightsFile } = await openWeightsTree(place);
      return {
        facts: createFacts(tree, { kind: 'weights', limits, weightsFile }),
        archive,
        close: () => tree.close(),
      };
    }
    const name = place.kind === 'folder' ? basename(place.path) : place.name;
    const tree = archive.tree ?? planTree(name, []);
    const kind = (await isWorkflow(name, tree)) ? 'workflow' : 'archive';
    return { facts: createFacts(tree, { kind, limits }), archive, close: () => archive.close() };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** An archive that was extracted, as a worker sees it. */
export async function openModelFolder(path: string): Promise<ModelFacts> {
  return createFacts(await openExtracted(path));
}

/**
 * A torch checkpoint is a ZIP too, one of before 2017 a tar: what has no manifest is judged as weights by its content, and
 * where that says nothing, by its name.
 */
async function isWeightsFile(name: string, { format, tree }: ArchiveReading): Promise<boolean> {
  if (promisesManifest(name) || (await tree?.has(MANIFEST_PATH))) return false;
  if (tree !== undefined && (await isCheckpoint(tree))) return true;
  if (formatOfName(name) !== undefined) return false;
  // What gzip holds may be anything; an archive is a tar.
  const isTar = format === 'tar' || (format === 'tgz' && tree !== undefined);
  return !isTar || promisesWeights(name);
}

/** torch.save writes `data.pkl` into the one folder of a ZIP; before 2017 it wrote a tar of `pickle`, `storages`, `tensors`. */
async function isCheckpoint(tree: FileTree): Promise<boolean> {
  const names = (await tree.list()).map(({ path }) => path.replace(/^[^/]+\//, ''));
  return names.includes('data.pkl') || ['pickle', 'storages', 'tensors'].every((name) => names.includes(name));
}

/** By its manifest; what has none by its name. */
async function isWorkflow(name: string, tree: FileTree): Promise<boolean> {
  if (await tree.has(MANIFEST_PATH)) return false;
  return isWorkflowName(name) || (await tree.has(WORKFLOW_MANIFEST_PATH));
}
