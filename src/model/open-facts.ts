import { planTree } from '../archive/plan/plan-tree.ts';
import { readArchive } from '../archive/read.ts';
import type { ArchiveReading } from '../archive/structure/types.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Finding } from '../core/finding.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import { MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../core/paths.ts';
import type { Subject, Trial } from './facts.ts';
import { createSubject } from './read-facts.ts';
import { WEIGHTS_NAME } from './weights-problems.ts';
import { openWeightsTree } from './weights-tree.ts';

export interface OpenSubjectOptions {
  readonly limits?: Partial<Limits>;
  /** Also reads every byte of every member and proves its sum. Default: true. */
  readonly verify?: boolean;
  /** Also compares what an independent reader makes of an archive that ours accepts. Reads everything a second time. Default: false. */
  readonly secondReader?: boolean;
  /** Takes any ZIP for an archive, a torch checkpoint too. */
  readonly asArchive?: boolean;
  /** Bytes the archive may have. */
  readonly sizeBudget?: number | undefined;
  /** Loads the model and asks it once, when a rule wants to know. */
  readonly trial?: (subject: Subject) => Promise<Trial>;
  readonly signal?: AbortSignal;
  readonly onBytes?: (done: number) => void;
}

export type OpenSubject = Subject & { close(): Promise<void> };

/** An archive, an unpacked folder, or a weights file by itself, told apart by content. Throws when it is missing or cannot be read. */
export async function openSubject(path: string, options: OpenSubjectOptions = {}): Promise<OpenSubject> {
  const limits = { ...defaultLimits, ...options.limits };
  const archive = await readArchive(path, { limits });
  try {
    if (!options.asArchive && (await isBareWeights(path, archive))) {
      await archive.close();
      return await openWeights(path, limits);
    }
    const tree = archive.tree ?? planTree(path, []);
    const structure = await readStructure(path, archive, options);
    const { sizeBudget, trial } = options;
    const kind = (await isWorkflow(path, tree)) ? 'workflow' : 'archive';
    return {
      ...createSubject({ path, kind, tree, limits, structure, archive, sizeBudget, trial }),
      close: () => archive.close(),
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** Headers, then every byte, then another reader's view: each only when what comes before is sound. */
async function readStructure(
  path: string,
  archive: ArchiveReading,
  { verify = true, secondReader = false, signal, onBytes }: OpenSubjectOptions,
): Promise<readonly Finding[]> {
  if (!verify || archive.tree === undefined) return archive.findings;
  const content = await archive.verify({ ...(signal && { signal }), ...(onBytes && { onBytes }) });
  const seen = [...archive.findings, ...content];
  if (!secondReader || seen.some(({ severity }) => severity === 'error')) return seen;
  const { compareWithSecondReader } = await import('../archive/second-reader.ts');
  return [...seen, ...(await compareWithSecondReader(path, archive, signal ? { signal } : {}))];
}

/** An archive that is planned and not yet written. */
export function planSubject(path: string, tree: FileTree, limits: Partial<Limits> = {}): Subject {
  return createSubject({
    path,
    kind: 'archive',
    tree,
    limits: { ...defaultLimits, ...limits },
    structure: [],
    archive: undefined,
  });
}

/** Names under which TorchServe or torch-model-archiver know an archive. */
const ARCHIVE_NAME = /\.(mar|war|zip|tar|tgz|tar\.gz)$/i;

/**
 * A torch checkpoint is a ZIP too, one of before 2017 a tar: what has neither an archive's name nor a manifest is judged as
 * weights, a tar only when it is called so.
 */
async function isBareWeights(path: string, { format, tree }: ArchiveReading): Promise<boolean> {
  if (format === 'folder' || ARCHIVE_NAME.test(path)) return false;
  if (format === 'tgz' && !WEIGHTS_NAME.test(path)) return false;
  return !(await tree?.has(MANIFEST_PATH));
}

/** By its manifest; what has none by its name. */
async function isWorkflow(path: string, tree: FileTree): Promise<boolean> {
  if (await tree.has(MANIFEST_PATH)) return false;
  return /\.war$/i.test(path) || (await tree.has(WORKFLOW_MANIFEST_PATH));
}

async function openWeights(path: string, limits: Limits): Promise<OpenSubject> {
  const { tree } = await openWeightsTree(path);
  const subject = createSubject({ path, kind: 'weights', tree, limits, structure: [], archive: undefined });
  return { ...subject, close: async () => {} };
}
