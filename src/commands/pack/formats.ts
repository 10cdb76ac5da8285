import { endingOf, formatOfName, type WrittenFormat } from '../../archive/structure/formats.ts';

/** `--format` of `mar pack` and `mar repack`. */
export const packFormats = ['mar', 'tgz', 'folder'] as const;
export type PackFormat = (typeof packFormats)[number];

/** What each word of `mar pack` writes. */
export const packedAs = { mar: 'zip', tgz: 'tgz', folder: 'folder' } as const satisfies Record<
  PackFormat,
  WrittenFormat
>;

/** `--archive-format` of torch-model-archiver, in the order of its help. */
export const upstreamFormats = ['tgz', 'no-archive', 'zip-store', 'default'] as const;
export type UpstreamFormat = (typeof upstreamFormats)[number];

/** What each word of torch-model-archiver writes. */
export const archivedAs = {
  default: 'zip',
  'zip-store': 'zip',
  tgz: 'tgz',
  'no-archive': 'folder',
} as const satisfies Record<UpstreamFormat, WrittenFormat>;

export const packEnding = (format: PackFormat): string => endingOf(packedAs[format]);

/** The format that the ending of an output asks for; undefined when it has none that is written. */
export function packFormatOfName(name: string): Exclude<PackFormat, 'folder'> | undefined {
  switch (formatOfName(name)) {
    case 'zip':
      return 'mar';
    case 'tgz':
      return 'tgz';
    default:
      return undefined;
  }
}
