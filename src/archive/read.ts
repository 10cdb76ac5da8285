import { stat } from 'node:fs/promises';
import { type ByteSource, openFile } from '../core/byte-source.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import { toFileError } from '../core/read-file.ts';
import { detectFormat } from './detect-format.ts';
import { readFolder } from './folder/folder-tree.ts';
import { createFindingLog, type FindingLog } from './structure/findings.ts';
import type { ArchiveReading } from './structure/types.ts';
import { readTar } from './tar/read-tar.ts';
import { readZip } from './zip/read-zip.ts';

export interface ReadOptions {
  readonly limits?: Partial<Limits>;
}

/**
 * Reads the structure of an archive or folder. Its problems are returned as findings; only a missing or unreadable file
 * throws. The format is found by content, never by name.
 */
export async function readArchive(path: string, options: ReadOptions = {}): Promise<ArchiveReading> {
  if (await isFolder(path)) {
    return readFolder(path, { ...defaultLimits, ...options.limits }, createFindingLog(path));
  }
  return readArchiveSource(await openFile(path, 'archive'), options);
}

/** The same for an open source. The reading owns the source. */
export async function readArchiveSource(source: ByteSource, options: ReadOptions = {}): Promise<ArchiveReading> {
  try {
    return await readByContent(source, { ...defaultLimits, ...options.limits }, createFindingLog(source.label));
  } catch (cause) {
    await source.close();
    throw cause;
  }
}

async function readByContent(source: ByteSource, limits: Limits, log: FindingLog): Promise<ArchiveReading> {
  const format = await detectFormat(source);
  switch (format) {
    case 'zip':
      return readZip(source, limits, log);
    case 'tgz':
    case 'tar':
      return readTar(source, format, limits, log);
    case 'unknown':
      log.add('archive/format', `The content is neither a ZIP, nor a tar, nor a gzipped tar.`);
      return unreadable(source, log);
  }
}

/** A file that is not an archive. */
function unreadable(source: ByteSource, { findings }: FindingLog): ArchiveReading {
  const { size } = source;
  return { format: 'zip', size, findings, tree: undefined, verify: async () => [], close: () => source.close() };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw toFileError(cause, path, 'archive');
  }
}
