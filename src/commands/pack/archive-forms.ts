import type { ArchiveFormat } from '../../archive/structure/types.ts';

/** Forms `mar pack` writes; the drop-in keeps upstream's four names. */
export const packFormats = ['mar', 'tgz', 'folder'] as const;
export type PackFormat = (typeof packFormats)[number];

/** The writer's name of each, and the ending of its file. */
export const archiveForms = {
  mar: { format: 'default', extension: '.mar' },
  tgz: { format: 'tgz', extension: '.tar.gz' },
  folder: { format: 'no-archive', extension: '' },
} as const satisfies Record<PackFormat, { format: ArchiveFormat; extension: string }>;
