import type { ByteSource } from './byte-source.ts';
import type { ArchivePath } from './paths.ts';

/** One regular file of a tree. Folders exist only through the files in them. */
export interface FileEntry {
  readonly path: ArchivePath;
  /** Uncompressed bytes. */
  readonly size: number;
  /** From `toArchiveMode`. */
  readonly mode: number;
  /** How an archive stores it; absent in a folder. */
  readonly packed?: { readonly method: 'stored' | 'deflated'; readonly size: number; readonly crc32: number };
}

/** A set of files: a folder, a .mar, a .tar.gz, a plan that is not written yet; an archive may be remote. */
export interface FileTree {
  /** Its name in messages: the path the user gave. */
  readonly label: string;
  /** Sorted by UTF-8 bytes of the path. */
  list(): Promise<readonly FileEntry[]>;
  has(path: string): Promise<boolean>;
  /** Throws MEMBER_NOT_FOUND. The caller closes the source; it must not outlive the tree. */
  open(path: string): Promise<ByteSource>;
  /**
   * The bytes of a deflated member as they are in the archive; only for a tree whose entries say how they are
   * compressed.
   */
  openPacked?(path: string): Promise<ByteSource>;
  close(): Promise<void>;
}

/** Order of UTF-8 bytes, the order every list and archive of ours is in. */
export function compareBytes(a: string, b: string): number {
  // UTF-16 order differs from UTF-8 order only where surrogates are involved.
  if (isAscii(a) && isAscii(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** 0o755 if any execute bit is set, else 0o644: these modes survive on every platform (design decision 10). */
export function toArchiveMode(mode: number): number {
  return mode & 0o111 ? 0o755 : 0o644;
}
