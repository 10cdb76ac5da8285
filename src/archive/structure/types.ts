import type { ByteSource } from '../../core/byte-source.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { Finding, Severity } from '../../core/finding.ts';
import type { ArchivePath } from '../../core/paths.ts';
import type { ArchiveFormat } from './formats.ts';

/** What reading the structure of an archive gives: facts and findings, never an exception for a malformed one. */
export interface ArchiveReading {
  readonly format: ArchiveFormat;
  /** Bytes of the archive file; for a folder, of its files. */
  readonly size: number;
  /** Structure and name findings, from headers alone. */
  readonly findings: readonly Finding[];
  /**
   * The members. Absent when the structure cannot be trusted to say what they are. Present beside an error
   * finding only when form alone forbids the archive: then `inspect` may show it and nothing else may use it.
   */
  readonly tree: FileTree | undefined;
  /** Reads every byte of every member: inflate exact, CRC equal, sizes equal. Findings, all at once. */
  verify(options?: { signal?: AbortSignal; onBytes?: (done: number) => void }): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** A member as far as names are concerned; a folder's name has no final slash here. */
export interface NamedMember {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
  /** Where the archive gives the name, for messages. */
  readonly offset: number;
}

/** One file to be written: where from, where to. */
export interface PlannedFile {
  readonly path: ArchivePath;
  readonly size: number;
  readonly mode: number;
  /** What the user calls the origin: a path, or the option that made it. */
  readonly origin: string;
  open(): Promise<ByteSource>;
  /** The form it has in another archive: a ZIP takes it over as it is, other formats take no notice. */
  readonly packed?: PackedForm;
}

export type PackedForm =
  | { readonly method: 'stored' }
  /** `open` gives the deflated bytes, which the caller has proven to inflate to content of this sum. */
  | { readonly method: 'deflated'; readonly crc32: number; open(): Promise<ByteSource> };

/** The words about one structural rule; the rule itself is the code of the reader that names its id. */
export interface ArchiveRule {
  readonly severity: Severity;
  readonly title: string;
  /** Why it matters and what to do. */
  readonly help: string;
}
