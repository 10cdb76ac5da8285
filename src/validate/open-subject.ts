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
  /** Also reads every byte of every member and checks its CRC-32. Default: true. */
  readonly verify?: boolean;
  /**
   * Also compares with an independent reader, if ours accepts the archive. Reads everything a second time. Default:
   * false.
   */
  readonly secondReader?: boolean;
  /** Treats any ZIP as an archive, also a torch checkpoint. */
  readonly asArchive?: boolean;
  /** Size budget of the archive, in bytes. */
  readonly sizeBudget?: number | undefined;
  /** Target server. Default: `mar`. */
  readonly target?: Target | undefined;
  /** Loads the model and sends it one request, if a rule needs the result. */
  readonly trial?: (subject: Subject) => Promise<Trial>;
  readonly signal?: AbortSignal;
  readonly onBytes?: (done: number) => void;
}

export type OpenSubject = Subject & { close(): Promise<void> };

/**
 * An archive, an unpacked folder, or a single weights file, recognised by content. Throws if it is missing or cannot be
 * read.
 */
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

/** A planned archive that is not written yet. */
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

/** Headers, then every byte, then another reader: each step only if the one before found no error. */
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
