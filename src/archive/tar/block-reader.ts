/** Reads a stream of chunks by byte counts, holding one chunk at a time. */
export interface BlockReader {
  /** Bytes read or skipped so far. */
  readonly position: number;
  /** The next `length` bytes, fewer at the end of the stream. A copy. */
  take(length: number): Promise<Buffer>;
  /** Skips bytes; returns their number. */
  skip(length: number): Promise<number>;
  /** Skips the rest; returns the offset of the first non-zero byte. */
  findNonZero(): Promise<number | undefined>;
  close(): Promise<void>;
}

export function createBlockReader(stream: AsyncIterable<Uint8Array>): BlockReader {
  const pieces = stream[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  let position = 0;
  /** Calls `use` with each part of the next `length` bytes. */
  const advance = async (length: number, use: (part: Uint8Array) => void) => {
    let left = length;
    while (left > 0) {
      if (piece.length === 0) {
        const next = await pieces.next();
        if (next.done) break;
        piece = next.value;
      }
      const part = piece.subarray(0, left);
      use(part);
      piece = piece.subarray(part.length);
      left -= part.length;
      position += part.length;
    }
    return length - left;
  };
  return {
    get position() {
      return position;
    },
    async take(length) {
      const parts: Buffer[] = [];
      await advance(length, (part) => parts.push(Buffer.from(part)));
      return Buffer.concat(parts);
    },
    skip: (length) => advance(length, () => {}),
    async findNonZero() {
      let found: number | undefined;
      await advance(Number.POSITIVE_INFINITY, (part) => {
        const index = found === undefined ? part.findIndex((byte) => byte !== 0) : -1;
        if (index >= 0) found = position + index;
      });
      return found;
    },
    async close() {
      await pieces.return?.();
    },
  };
}
