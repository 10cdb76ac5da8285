import { crc32 } from 'node:zlib';
import type { File as UnzipperFile } from 'unzipper';
import { openFile } from '../core/byte-source.ts';
import { describeError } from '../core/errors.ts';
import type { FileEntry } from '../core/file-tree.ts';
import type { Finding } from '../core/finding.ts';
import { quote } from '../core/names/quote.ts';
import { createFindingLog, type FindingLog } from './structure/findings.ts';
import type { ArchiveReading } from './structure/types.ts';
import { findEndRecord, readTail } from './zip/end-records.ts';
import { END_BYTES } from './zip/format.ts';

/**
 * Maximum members and bytes that unzipper reads too: it opens the file and makes a stream for each member; 60,000 of
 * them take ten seconds, and a gigabyte 1.5. Of the others only sizes and checksum are compared, with which our reader
 * has verified the content.
 */
const MAX_CONTENTS = 500;
const MAX_CONTENT_BYTES = 64 * 1024 ** 2;

type Members = ReadonlyMap<string, FileEntry>;

/**
 * Reads a ZIP again with unzipper, which shares no code with our reader, and reports every member that the two read
 * differently. For an archive that our reader accepted; other formats give no finding.
 */
export async function compareWithSecondReader(
  path: string,
  reading: ArchiveReading,
  options: { signal?: AbortSignal } = {},
): Promise<readonly Finding[]> {
  if (reading.format !== 'zip' || reading.tree === undefined) return [];
  const log = createFindingLog(path);
  try {
    const theirs = await listWithUnzipper(path);
    const ours: Members = new Map((await reading.tree.list()).map((entry) => [entry.path, entry]));
    compareLists(ours, theirs, log);
    const { contents, headers } = choose(theirs, ours);
    compareHeaders(ours, headers, log);
    for (const file of contents) {
      options.signal?.throwIfAborted();
      await compareContent(file, ours, log);
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    log.add('archive/second-reader', `unzipper cannot read the archive: ${describeError(cause)}.`);
  }
  return log.findings;
}

/**
 * The members to compare by content, and those by header; chosen by our sizes, since those of unzipper may be wrong.
 */
function choose(theirs: readonly UnzipperFile[], ours: Members) {
  const contents: UnzipperFile[] = [];
  const headers: UnzipperFile[] = [];
  let left = MAX_CONTENT_BYTES;
  for (const file of theirs) {
    const { size = 0 } = ours.get(file.path) ?? {};
    const isRead = contents.length < MAX_CONTENTS && size <= left;
    if (isRead) left -= size;
    (isRead ? contents : headers).push(file);
  }
  return { contents, headers };
}

async function listWithUnzipper(path: string): Promise<UnzipperFile[]> {
  // The package is CommonJS and loads slowly; only `mar validate` needs it.
  const { default: unzipper } = await import('unzipper');
  // unzipper uses the first end signature in the tail it gets, so the tail must start at the true one.
  const options = { tailSize: await endRecordBytes(path) };
  // Its types lack the options parameter.
  const open: (path: string, options: { tailSize: number }) => ReturnType<typeof unzipper.Open.file> =
    unzipper.Open.file;
  const { files } = await open(path, options);
  return files.filter((file) => !file.path.endsWith('/'));
}

/** Bytes from the start of the end record to the end of the file. */
async function endRecordBytes(path: string): Promise<number> {
  const source = await openFile(path, 'archive');
  try {
    const { tail, tailStart } = await readTail(source);
    const position = findEndRecord(tail, tailStart, createFindingLog(path));
    return position === undefined ? END_BYTES : tail.length - position;
  } finally {
    await source.close();
  }
}

function compareLists(ours: Members, theirs: readonly UnzipperFile[], log: FindingLog): void {
  const there = new Set(theirs.map((file) => file.path));
  for (const name of there) {
    if (!ours.has(name)) log.add('archive/second-reader', `unzipper sees ${quote(name)}, our reader does not.`);
  }
  for (const name of ours.keys()) {
    if (!there.has(name)) log.add('archive/second-reader', `unzipper does not see ${quote(name)}.`, { member: name });
  }
}

function compareHeaders(ours: Members, theirs: readonly UnzipperFile[], log: FindingLog): void {
  for (const { path, compressedSize, uncompressedSize, crc32: sum } of theirs) {
    const { size, packed } = ours.get(path) ?? {};
    if (packed === undefined) continue;
    if (uncompressedSize === size && compressedSize === packed.size && sum === packed.crc32) continue;
    const seen = `${compressedSize} bytes that unpack to ${uncompressedSize}`;
    const message = `unzipper finds ${seen} for ${quote(path)}, our reader ${packed.size} and ${size}, or another checksum.`;
    log.add('archive/second-reader', message, { member: path });
  }
}

async function compareContent(file: UnzipperFile, ours: Members, log: FindingLog): Promise<void> {
  const entry = ours.get(file.path);
  if (entry?.packed === undefined) return;
  let sum = 0;
  let size = 0;
  const pieces: AsyncIterable<Buffer> = file.stream();
  for await (const piece of pieces) {
    sum = crc32(piece, sum);
    size += piece.length;
  }
  if (size === entry.size && sum === entry.packed.crc32) return;
  const message = `unzipper reads ${size} bytes of ${quote(file.path)} where our reader finds ${entry.size}, or different bytes.`;
  log.add('archive/second-reader', message, { member: file.path });
}
