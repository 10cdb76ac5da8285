import type { WrittenFormat } from '../structure/formats.ts';
import type { PlannedFile } from '../structure/types.ts';

/** `auto` measures a sample of each member and stores what DEFLATE would hardly shrink; a number is zlib's level. */
export type Compression = 'auto' | 'store' | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface WriteOptions {
  /** The archive, or the folder that is written. */
  readonly target: string;
  readonly format: WrittenFormat;
  /** Written in this order. */
  readonly files: readonly PlannedFile[];
  /** One more file at the end, made from the facts about the others. */
  readonly epilogue?: ((members: readonly WrittenMember[]) => PlannedFile) | undefined;
  /**
   * Top folder of a tar, since TorchServe removes the first component of a tar's names; by default the target's stem.
   */
  readonly topFolder?: string | undefined;
  readonly force?: boolean;
  /** Of a ZIP; a `tgz` uses a number as its level, a folder ignores it. */
  readonly compression?: Compression | undefined;
  /** Seconds since 1970, as in the environment variable: the time of every member. Without it the time is fixed. */
  readonly sourceDateEpoch?: string | undefined;
  /** Also compute the SHA-256 of every member. */
  readonly hash?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the inputs done so far. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

export interface WrittenMember {
  readonly path: string;
  readonly size: number;
  readonly packedSize: number;
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  /** Hexadecimal; with `hash` only. */
  readonly sha256?: string;
}

export interface WrittenArchive {
  readonly path: string;
  /** Bytes of the archive file; for a folder, of its files. */
  readonly size: number;
  readonly members: readonly WrittenMember[];
}
