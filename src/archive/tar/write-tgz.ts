import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { TarArchive } from 'archiver';
import { ToolError } from '../../core/errors.ts';
import { writeFileAtomically } from '../bytes/atomic-output.ts';
import { AUTO_LEVEL, deflatePieces, PIECE_BYTES } from '../bytes/deflate.ts';
import { createOutput } from '../bytes/output.ts';
import { entryTime } from '../plan/entry-time.ts';
import { openPlanned, toInputError } from '../plan/read-planned.ts';
import type { WriteOptions, WrittenArchive, WrittenMember } from '../plan/write-options.ts';
import { archiveStem } from '../structure/formats.ts';
import type { PlannedFile } from '../structure/types.ts';

type TgzOptions = Omit<WriteOptions, 'format'>;

/**
 * RFC 1952 header: method 8, no name, no time, operating system unknown. Not written by zlib, which inserts the
 * platform it was built for.
 */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/**
 * Writes a `.tar.gz` as TorchServe reads it: everything below one top folder. archiver makes the tar, which is deflated
 * in parallel.
 */
export async function writeTgz(options: TgzOptions): Promise<WrittenArchive> {
  // Imported lazily: only this format needs the package, and loading it takes as long as starting the command.
  const { TarArchive } = await import('archiver');
  return writeFileAtomically(options, async (handle) => {
    const members: WrittenMember[] = [];
    const tar = new TarArchive({ statConcurrency: 1 });
    tame(tar);
    // Both the reader of the stream and the current entry report an error; a later one must not end the process.
    tar.on('error', () => {});
    const appending = appendFiles(tar, options, members);
    appending.catch((cause: unknown) => stop(tar, cause));
    try {
      const size = await writeGzip(handle, tar, options);
      await appending;
      return { path: options.target, size, members };
    } catch (cause) {
      // The current input must be closed before the output is removed.
      stop(tar, cause);
      await appending.catch(() => {});
      throw cause;
    }
  });
}

/** Aborting first empties archiver's queue; otherwise it continues with a destroyed stream. */
function stop(tar: TarArchive, cause: unknown): void {
  tar.abort();
  tar.destroy(cause instanceof Error ? cause : new Error(String(cause)));
}

/**
 * archiver 8 emits two errors when a tar is stopped, which would end the process: it calls `unpipe` on the stream after
 * the tar, which has no such method, and nothing listens to the current entry, whose failure is also reported by
 * callback.
 */
export function tame(tar: object): void {
  // Private in archiver: its types do not have it, and package.json pins the version that does.
  const engine: unknown = Reflect.get(Object(Reflect.get(tar, '_module')), 'engine');
  if (!isEngine(engine)) {
    const values = { package: 'archiver', lacks: 'the field _module.engine', expected: '8.0.0' };
    throw new ToolError('PACKAGE_CHANGED', values);
  }
  engine.unpipe ??= () => {};
  const { entry } = engine;
  engine.entry = (...args) => entry.apply(engine, args)?.on('error', () => {});
}

function isEngine(value: unknown): value is TarEngine {
  return typeof value === 'object' && value !== null && 'entry' in value && typeof value.entry === 'function';
}

/** What of tar-stream's `pack()` is used here. */
interface TarEngine {
  unpipe?: () => void;
  entry(...args: unknown[]): TarEntry | undefined;
}

interface TarEntry {
  on(event: 'error', listener: () => void): TarEntry;
}

async function writeGzip(handle: FileHandle, tar: TarArchive, { compression, signal }: TgzOptions): Promise<number> {
  const output = createOutput(handle);
  const level = typeof compression === 'number' ? compression : AUTO_LEVEL;
  const trailer = Buffer.alloc(8);
  let sum = 0;
  let inflatedBytes = 0;
  async function* pieces() {
    for await (const piece of regroup(tar.iterator({ destroyOnReturn: false }))) {
      signal?.throwIfAborted();
      sum = crc32(piece, sum);
      inflatedBytes += piece.length;
      yield piece;
    }
  }
  await output.append(GZIP_HEADER);
  for await (const deflated of deflatePieces(pieces(), level)) await output.append(deflated);
  trailer.writeUInt32LE(sum, 0);
  trailer.writeUInt32LE(inflatedBytes % 2 ** 32, 4);
  await output.append(trailer);
  await output.flush();
  return output.position;
}

/** Gives the files to archiver one after the other, as streams, so that memory does not grow with their size. */
async function appendFiles(tar: TarArchive, options: TgzOptions, members: WrittenMember[]): Promise<void> {
  const { files, epilogue, topFolder = archiveStem(options.target), sourceDateEpoch } = options;
  const date = entryTime(sourceDateEpoch);
  let done = 0;
  const add = async (file: PlannedFile) => {
    const onBytes = (bytes: number) => {
      done += bytes;
      options.onBytes?.(done);
    };
    members.push(
      await appendFile(
        tar,
        file,
        { name: `${topFolder}/${file.path}`, date, mode: file.mode },
        options.hash ?? false,
        onBytes,
      ),
    );
  };
  for (const file of files) await add(file);
  if (epilogue) await add(epilogue(members));
  await tar.finalize();
}

async function appendFile(
  tar: TarArchive,
  file: PlannedFile,
  data: { name: string; date: Date; mode: number },
  hash: boolean,
  onBytes: (bytes: number) => void,
): Promise<WrittenMember> {
  const source = await openPlanned(file);
  const digest = hash ? createHash('sha256') : undefined;
  let sum = 0;
  async function* content() {
    for await (const piece of source.stream()) {
      sum = crc32(piece, sum);
      digest?.update(piece);
      onBytes(piece.length);
      yield Buffer.from(piece); // A copy: the tar may hold it while the next is read.
    }
  }
  try {
    await appendStream(tar, Readable.from(content(), { objectMode: false }), file.size, data);
  } catch (cause) {
    throw toInputError(cause, file);
  } finally {
    await source.close();
  }
  const { path, size } = file;
  return {
    path,
    size,
    packedSize: size,
    method: 'stored',
    crc32: sum,
    ...(digest && { sha256: digest.digest('hex') }),
  };
}

/** Settles when archiver has consumed the whole stream. */
function appendStream(
  tar: TarArchive,
  content: Readable,
  size: number,
  data: { name: string; date: Date; mode: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    content.once('error', reject);
    const stop = () => reject(new Error('the tar stream was closed'));
    tar.once('error', reject).once('close', stop);
    tar.once('entry', () => {
      tar.off('error', reject).off('close', stop);
      resolve();
    });
    // archiver uses only the size of `stats`, and needs it to write the header before the content.
    tar.append(content, { ...data, stats: { size } as import('node:fs').Stats });
  });
}

/**
 * The same bytes in chunks of one fixed size, on which the deflated form depends; each chunk is a buffer of its own.
 */
async function* regroup(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const chunk of stream) {
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + PIECE_BYTES - filled);
      piece.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
