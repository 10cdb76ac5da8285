import type { ArchiveReading } from '../core/archive/types.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Finding } from '../core/finding.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Limits } from '../core/limits.ts';
import type { HandlerReference } from '../handlers/detect.ts';
import type { WeightsReading } from '../weights/index.ts';

/** What the rules look at: a tree (archive, folder, or a plan not yet written) and facts about it, each read once. */
export interface Subject {
  /** The path the user gave. */
  readonly path: string;
  readonly tree: FileTree;
  readonly limits: Limits;
  /** Structure and content findings of the archive; empty for a plan. */
  readonly structure: readonly Finding[];
  /** The archive itself; absent for a plan. */
  readonly archive: ArchiveReading | undefined;
  /** MAR-INF/MANIFEST.json, or why there is none. */
  manifest(): Promise<ManifestReading>;
  /** Facts and findings about one weights member. */
  weights(member: string): Promise<WeightsReading>;
  /** How the manifest's handler would be run. */
  handler(): Promise<HandlerReference>;
}

export type ManifestReading =
  | { readonly kind: 'ok'; readonly manifest: Manifest }
  | { readonly kind: 'missing' }
  /** Not UTF-8, not JSON, too big, a duplicate key: in words, with the offset where one is known. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly offset?: number }
  | { readonly kind: 'invalid'; readonly problems: readonly { readonly pointer: string; readonly message: string }[] };
