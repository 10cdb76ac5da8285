import { basename } from 'node:path';

/**
 * Physical forms of a set of files. The content decides the format of an archive; the ending only selects what to
 * write.
 */
export const archiveFormats = ['zip', 'tgz', 'tar', 'folder'] as const;
export type ArchiveFormat = (typeof archiveFormats)[number];

/** Endings of each format; the first is the one we write. */
const endings = {
  zip: ['.mar', '.war', '.zip'],
  tgz: ['.tar.gz', '.tgz'],
  tar: ['.tar'],
  folder: [''],
} as const satisfies Record<ArchiveFormat, readonly [string, ...string[]]>;

export const MODEL_ENDING = endings.zip[0];
export const WORKFLOW_ENDING = endings.zip[1];

/** A plain tar is only read. */
export const writtenFormats = ['zip', 'tgz', 'folder'] as const satisfies readonly ArchiveFormat[];
export type WrittenFormat = (typeof writtenFormats)[number];

export function endingOf(format: WrittenFormat): string {
  return endings[format][0];
}

/** The format of a file's ending; undefined if it is not one of an archive. */
export function formatOfName(name: string): Exclude<ArchiveFormat, 'folder'> | undefined {
  const files = ['zip', 'tgz', 'tar'] as const;
  return files.find((format) => endings[format].some((ending) => endsIn(name, ending)));
}

export function isWorkflowName(name: string): boolean {
  return endsIn(name, WORKFLOW_ENDING);
}

/** Whether the name promises a manifest. */
export function promisesManifest(name: string): boolean {
  return endsIn(name, MODEL_ENDING) || isWorkflowName(name);
}

/** The file's name without the ending of an archive. */
export function archiveStem(path: string): string {
  const name = basename(path);
  const ending = [...endings.zip, ...endings.tgz, ...endings.tar].find((known) => endsIn(name, known));
  return ending === undefined ? name : name.slice(0, -ending.length);
}

function endsIn(name: string, ending: string): boolean {
  return name.toLowerCase().endsWith(ending);
}
