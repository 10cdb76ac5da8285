import { isTgzName } from '../archive/structure/endings.ts';
import type { ArchiveFormat } from '../archive/structure/types.ts';

/** What `mar pack` and `mar repack` write; the drop-in keeps upstream's four names. */
export const packFormats = ['mar', 'tgz', 'folder'] as const;
export type PackFormat = (typeof packFormats)[number];

/** The writer's name of each, and the ending of its file. */
export const formatFacts = {
  mar: { format: 'default', extension: '.mar' },
  tgz: { format: 'tgz', extension: '.tar.gz' },
  folder: { format: 'no-archive', extension: '' },
} as const satisfies Record<PackFormat, { format: ArchiveFormat; extension: string }>;

/** The format of a file by the ending of its name; undefined when it has none of an archive. */
export function formatOfName(name: string): Exclude<PackFormat, 'folder'> | undefined {
  if (isTgzName(name)) return 'tgz';
  return /\.(mar|war|zip)$/i.test(name) ? 'mar' : undefined;
}
