import { type FileHandle, open } from 'node:fs/promises';
import { ToolError } from './errors.ts';
import { toFileError } from './read-file.ts';

/** A readable range of bytes: a file, a buffer, an entry of an archive, ranges of a URL. */
export interface ByteSource {
  /** Its name in messages: a path or a member's name. */
  readonly label: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`; throws SOURCE_TRUNCATED if the source is shorter. The result may be shared:
   * do not write to it.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Bytes `[start, end)` in order, in chunks of any size. A chunk is valid until the next one is requested. */
  stream(start?: number, end?: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Larger chunks need fewer system calls and thread switches, but more memory: a compressed gigabyte costs 0.79 s of
 * processor time at 1 MiB, 0.64 s at 2 MiB, and no less above. The size is one page less than 2 MiB: sizes that are a
 * multiple of the huge page size make the page cache allocate huge pages, which made extracting three times as slow on
 * a virtual machine that returns free memory to its host.
 */
const STREAM_CHUNK_BYTES = 2 * 1024 * 1024 - 4096;

export function truncated(label: string, offset: number, wanted: number, found: number): ToolError {
  return new ToolError('SOURCE_TRUNCATED', { label, offset, wanted, found: Math.max(0, found) });
}

export function bufferSource(label: string, bytes: Uint8Array): ByteSource {
  return {
    label,
    size: bytes.length,
    async read(offset, length) {
      if (offset < 0 || offset + length > bytes.length) throw truncated(label, offset, length, bytes.length - offset);
      return bytes.subarray(offset, offset + length);
    },
    async *stream(start = 0, end = bytes.length) {
      if (end > bytes.length) throw truncated(label, start, end - start, bytes.length - start);
      if (end > start) yield bytes.subarray(start, end);
    },
    async close() {},
  };
}

/** Opens a regular file. `what` names its role in messages ("archive", "serialized file"). */
export async function openFile(path: string, what = 'file'): Promise<ByteSource> {
  const handle = await openHandle(path, what);
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw new ToolError('NOT_A_FILE', { what, path, found: stat.isDirectory() ? 'folder' : 'special file' });
  }
  return fileSource(path, handle, stat.size);
}

async function openHandle(path: string, what: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw toFileError(cause, path, what);
  }
}

function fileSource(label: string, handle: FileHandle, size: number): ByteSource {
  const fill = async (buffer: Uint8Array, offset: number) => {
    let done = 0;
    while (done < buffer.length) {
      const { bytesRead } = await handle.read(buffer, done, buffer.length - done, offset + done);
      if (bytesRead === 0) throw truncated(label, offset, buffer.length, done);
      done += bytesRead;
    }
  };
  return {
    label,
    size,
    async read(offset, length) {
      if (offset < 0 || offset + length > size) throw truncated(label, offset, length, size - offset);
      const buffer = Buffer.allocUnsafe(length);
      await fill(buffer, offset);
      return buffer;
    },
    stream(start = 0, end = size) {
      if (end > size) throw truncated(label, start, end - start, size - start);
      return readAheadStream(fill, start, end);
    },
    close: () => handle.close(),
  };
}

/** Reads a range with two buffers, so that the next chunk is read while the consumer handles this one. */
async function* readAheadStream(
  fill: (buffer: Uint8Array, offset: number) => Promise<void>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  const pieceBytes = Math.min(STREAM_CHUNK_BYTES, end - start);
  let [current, spare] = [
    Buffer.allocUnsafe(pieceBytes),
    Buffer.allocUnsafe(end - start > pieceBytes ? pieceBytes : 0),
  ];
  const read = (buffer: Buffer, offset: number) => {
    const piece = buffer.subarray(0, Math.min(buffer.length, end - offset));
    const reading = fill(piece, offset).then(() => piece);
    reading.catch(() => {}); // Awaited below; until then it must not count as an unhandled rejection.
    return reading;
  };
  let reading: Promise<Buffer> | undefined = read(current, start);
  try {
    for (let offset = start; reading !== undefined; ) {
      const piece: Buffer = await reading;
      offset += piece.length;
      reading = offset < end ? read(spare, offset) : undefined;
      [current, spare] = [spare, current];
      yield piece;
    }
  } finally {
    await reading?.catch(() => {});
  }
}

/** A window of another source, with offsets from 0. Closing it leaves the outer source open. */
export function sliceSource(outer: ByteSource, label: string, offset: number, size: number): ByteSource {
  return {
    label,
    size,
    async read(at, length) {
      if (at < 0 || at + length > size) throw truncated(label, at, length, size - at);
      return outer.read(offset + at, length);
    },
    stream(start = 0, end = size) {
      if (end > size) throw truncated(label, start, end - start, size - start);
      return outer.stream(offset + start, offset + end);
    },
    async close() {},
  };
}

/** The same bytes as a Buffer, not copied. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The whole source as one buffer of its own, at most `limit` bytes. */
export async function readAll(source: ByteSource, limit: number): Promise<Buffer> {
  if (source.size > limit) {
    throw new ToolError('LIMIT_EXCEEDED', { what: source.label, found: source.size, limit, unit: 'bytes' });
  }
  return Buffer.from(await source.read(0, source.size));
}
