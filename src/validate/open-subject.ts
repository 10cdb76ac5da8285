import type { ArchiveReading } from '../archive/structure/types.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Finding } from '../core/finding.ts';
import type { Limits } from '../core/limits.ts';
import type { ModelFacts } from '../model/facts.ts';
import { findLocalPlace, openFacts } from '../model/open-facts.ts';
import { createFacts } from '../model/read-facts.ts';
import type { Subject, Target, Trial } from './subject.ts';

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
  /** The server the archive is made for. Default: `mar`. */
  readonly target?: Target | undefined;
  /** Loads the model and asks it once, when a rule wants to know. */
  readonly trial?: (subject: Subject) => Promise<Trial>;
  readonly signal?: AbortSignal;
  readonly onBytes?: (done: number) => void;
}

export type OpenSubject = Subject & { close(): Promise<void> };

/** An archive, an unpacked folder, or a weights file by itself, told apart by content. Throws when it is missing or cannot be read. */
export async function openSubject(path: string, options: OpenSubjectOptions = {}): Promise<OpenSubject> {
  const { facts, archive, close } = await openFacts(await findLocalPlace(path), options);
  try {
    const isArchive = facts.kind !== 'weights';
    const structure = isArchive ? await proveStructure(path, archive, options) : [];
    const subject = createSubject(path, facts, { ...options, structure, ...(isArchive && { archive }) });
    return { ...subject, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An archive that is planned and not yet written. */
export function planSubject(path: string, tree: FileTree, target?: Target): Subject {
  return createSubject(path, createFacts(tree), { structure: [], target });
}

interface Circumstances extends Pick<OpenSubjectOptions, 'sizeBudget' | 'target' | 'trial'> {
  readonly structure: readonly Finding[];
  readonly archive?: ArchiveReading;
}

function createSubject(path: string, facts: ModelFacts, circumstances: Circumstances): Subject {
  const { structure, archive, sizeBudget, target = 'mar', trial } = circumstances;
  let tried: Promise<Trial | undefined> | undefined;
  const subject: Subject = {
    ...facts,
    path,
    structure,
    archive,
    sizeBudget,
    target,
    trial: () => (tried ??= trial?.(subject) ?? Promise.resolve(undefined)),
  };
  return subject;
}

/** Headers, then every byte, then another reader's view: each only when what comes before is sound. */
async function proveStructure(
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
