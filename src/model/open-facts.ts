import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { openLinkedFolder } from '../archive/folder/linked-folder.ts';
import { planTree } from '../archive/plan/plan-tree.ts';
import { readArchive, readArchiveSource } from '../archive/read.ts';
import { archiveStem, formatOfName, isWorkflowName, promisesManifest } from '../archive/structure/formats.ts';
import type { ArchiveReading } from '../archive/structure/types.ts';
import { type ByteSource, openFile } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import { MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../core/paths.ts';
import { promisesWeights } from '../weights/weights-name.ts';
import type { ModelFacts } from './facts.ts';
import { createFacts, readArtefactOf } from './read-facts.ts';

/** The target of a path or URL. */
export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'file';
      /** The last part of the path. */
      readonly name: string;
      /** Of a local file; files next to it may belong to it. */
      readonly path?: string;
      /** The bytes, opened again each time. */
      open(): Promise<ByteSource>;
    };

/** A local path; the error for a missing or unreadable file is thrown when it is opened. */
export async function findLocalPlace(path: string): Promise<Place> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { kind: 'folder', path };
  return { kind: 'file', name: basename(path), path, open: () => openFile(path, 'archive') };
}

export interface OpenFactsOptions {
  readonly limits?: Partial<Limits>;
  /** Treats any ZIP as an archive, also a torch checkpoint. */
  readonly asArchive?: boolean;
}

export interface OpenFacts {
  readonly facts: ModelFacts;
  /** The structure; for a weights file, its reading as an archive. */
  readonly archive: ArchiveReading;
  close(): Promise<void>;
}

/**
 * An archive, an unpacked folder, or a single weights file, recognised by content. Throws if it is missing or cannot be
 * read.
 */
export async function openFacts(place: Place, options: OpenFactsOptions = {}): Promise<OpenFacts> {
  const limits = { ...defaultLimits, ...options.limits };
  const archive =
    place.kind === 'folder'
      ? await readFolderOrLinks(place.path, limits)
      : await readArchiveSource(await place.open(), { limits });
  try {
    if (place.kind === 'file' && !options.asArchive && (await isWeightsFile(place.name, archive))) {
      await archive.close();
      const { openWeightsTree } = await import('./weights-tree.ts');
      const { tree, ...weightsFile } = await openWeightsTree(place);
      return {
        facts: createFacts(tree, { kind: 'weights', limits, weightsFile }),
        archive,
        close: () => tree.close(),
      };
    }
    const name = place.kind === 'folder' ? basename(resolve(place.path)) : place.name;
    const tree = archive.tree ?? planTree(name, []);
    const kind = (await isWorkflow(name, tree)) ? 'workflow' : 'archive';
    return {
      facts: createFacts(tree, { kind, limits, name: archiveStem(name) }),
      archive,
      close: () => archive.close(),
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** A folder with links is no archive, but may be what another tool made: then its files are those that the links lead to. */
async function readFolderOrLinks(path: string, limits: Limits): Promise<ArchiveReading> {
  const archive = await readArchive(path, { limits });
  if (archive.tree !== undefined) return archive;
  const linked = await openLinkedFolder(path, limits);
  if (linked === undefined || (await linked.has(MANIFEST_PATH))) return archive;
  return (await readArtefactOf(linked, path)) === undefined ? archive : { ...archive, tree: linked };
}

/**
 * A torch checkpoint is also a ZIP, one from before 2017 a tar: a file without a manifest counts as weights by its
 * content, or else by its name.
 */
async function isWeightsFile(name: string, { format, tree }: ArchiveReading): Promise<boolean> {
  if (promisesManifest(name) || (await tree?.has(MANIFEST_PATH))) return false;
  if (tree !== undefined && (await isCheckpoint(tree))) return true;
  if (formatOfName(name) !== undefined) return false;
  // What gzip holds may be anything; an archive is a tar.
  const isTar = format === 'tar' || (format === 'tgz' && tree !== undefined);
  return !isTar || promisesWeights(name);
}

/**
 * torch.save writes `data.pkl` into the only folder of a ZIP; before 2017 it wrote a tar of `pickle`, `storages`,
 * `tensors`.
 */
async function isCheckpoint(tree: FileTree): Promise<boolean> {
  const names = (await tree.list()).map(({ path }) => path.replace(/^[^/]+\//, ''));
  return names.includes('data.pkl') || ['pickle', 'storages', 'tensors'].every((name) => names.includes(name));
}

/** By its manifest; without one by its name. */
async function isWorkflow(name: string, tree: FileTree): Promise<boolean> {
  if (await tree.has(MANIFEST_PATH)) return false;
  return isWorkflowName(name) || (await tree.has(WORKFLOW_MANIFEST_PATH));
}
