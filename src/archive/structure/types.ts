import type { ByteSource } from '../../core/byte-source.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { Finding, Severity } from '../../core/finding.ts';
import type { ArchivePath } from '../../core/paths.ts';
import type { ArchiveFormat } from './formats.ts';

/** Result of reading the structure of an archive: facts and findings, never an exception for a malformed one. */
export interface ArchiveReading {
  readonly format: ArchiveFormat;
  /** Bytes of the archive file; for a folder, of its files. */
  readonly size: number;
  /** Structure and name findings, from headers alone. */
  readonly findings: readonly Finding[];
  /**
   * The members. Absent if the structure does not reliably give them. With an error finding they are present only if
   * the error concerns form: then `inspect` may show them and nothing else may use them.
   */
  readonly tree: FileTree | undefined;
  /** Reads every byte of every member and checks inflating, CRC-32 and sizes. All findings at once. */
  verify(options?: { signal?: AbortSignal; onBytes?: (done: number) => void }): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** A member, for checks of names; a folder's name has no final slash here. */
export interface NamedMember {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
  /** Location of the name in the archive, for messages. */
  readonly offset: number;
}

/** One file to be written: source and target. */
export interface PlannedFile {
  readonly path: ArchivePath;
  readonly size: number;
  readonly mode: number;
  /** What the user calls the origin: a path, or the option that made it. */
  readonly origin: string;
  open(): Promise<ByteSource>;
  /** Its form in another archive: a ZIP copies it unchanged, other formats ignore it. */
  readonly packed?: PackedForm;
}

export type PackedForm =
  | { readonly method: 'stored' }
  /** `open` gives the deflated bytes, which the caller has verified to inflate to content with this checksum. */
  | { readonly method: 'deflated'; readonly crc32: number; open(): Promise<ByteSource> };

/** The texts of one structural rule; the code of the reader that uses its id checks it. */
export interface ArchiveRule {
  readonly severity: Severity;
  readonly title: string;
  /** Why it matters and what to do. */
  readonly help: string;
}
