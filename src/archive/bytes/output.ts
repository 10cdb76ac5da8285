import type { FileHandle } from 'node:fs/promises';

/** Small chunks are buffered up to this many bytes, so that thousands of small members need few system calls. */
const GATHER_BYTES = 1024 ** 2;

/** Positional output: appends in order, and can overwrite appended bytes. */
export interface ArchiveOutput {
  /** Where the next append goes. */
  readonly position: number;
  /** The bytes may be reused once the promise is settled. */
  append(bytes: Uint8Array): Promise<void>;
  rewrite(offset: number, bytes: Uint8Array): Promise<void>;
  flush(): Promise<void>;
}

export function createOutput(handle: FileHandle): ArchiveOutput {
  const gathered = Buffer.allocUnsafe(GATHER_BYTES);
  let pending = 0;
  let flushed = 0;
  const writeAll = async (bytes: Uint8Array, offset: number) => {
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
    }
  };
  const flush = async () => {
    const bytes = gathered.subarray(0, pending);
    pending = 0;
    flushed += bytes.length;
    await writeAll(bytes, flushed - bytes.length);
  };
  return {
    get position() {
      return flushed + pending;
    },
    async append(bytes) {
      const isLarge = bytes.length >= GATHER_BYTES / 4;
      // With an empty buffer, the write of a large chunk has started when this returns: the caller computes the
      // checksum meanwhile.
      if (pending > 0 && (isLarge || pending + bytes.length > GATHER_BYTES)) await flush();
      if (isLarge) {
        flushed += bytes.length;
        await writeAll(bytes, flushed - bytes.length);
      } else {
        gathered.set(bytes, pending);
        pending += bytes.length;
      }
    },
    async rewrite(offset, bytes) {
      if (offset >= flushed) gathered.set(bytes, offset - flushed);
      else {
        if (offset + bytes.length > flushed) await flush();
        await writeAll(bytes, offset);
      }
    },
    flush,
  };
}
