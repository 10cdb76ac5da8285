/** Reads a stream of pieces by counts of bytes, holding one piece at a time. */
export interface BlockReader {
  /** Bytes taken or skipped so far. */
  readonly position: number;
  /** The next `length` bytes, fewer at the end of the stream. A copy. */
  take(length: number): Promise<Buffer>;
  /** Passes over bytes; returns how many there were. */
  skip(length: number): Promise<number>;
  /** Passes over the rest; returns where the first byte other than zero is. */
  findNonZero(): Promise<number | undefined>;
  close(): Promise<void>;
}

export function createBlockReader(stream: AsyncIterable<Uint8Array>): BlockReader {
  const pieces = stream[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  let position = 0;
  /** Calls `use` with what is there of the next `length` bytes, part by part. */
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
