/** Shorter pieces are copied into blocks. One alone costs a hundred bytes of objects, and holds the whole buffer it was read into. */
const LARGE_BYTES = 16 * 1024;
const FIRST_BLOCK_BYTES = 256;

/** The pieces of one message as they arrive, of whatever sizes the client chose. */
export interface GatheredBytes {
  readonly length: number;
  push(piece: Buffer): void;
  /** The first bytes, of which there are as many. */
  peek(length: number): Buffer;
  join(): Buffer;
}

export function gatherBytes(): GatheredBytes {
  const pieces: Buffer[] = [];
  let length = 0;
  let block = Buffer.alloc(0);
  let used = 0;
  let blockBytes = FIRST_BLOCK_BYTES;
  const closeBlock = () => {
    if (used > 0) pieces.push(block.subarray(0, used));
    block = block.subarray(used);
    used = 0;
  };
  const all = () => (used === 0 ? pieces : [...pieces, block.subarray(0, used)]);
  return {
    get length() {
      return length;
    },
    push(piece) {
      length += piece.length;
      if (piece.length >= LARGE_BYTES) {
        closeBlock();
        pieces.push(piece);
        return;
      }
      if (used + piece.length > block.length) {
        closeBlock();
        block = Buffer.allocUnsafe(Math.max(blockBytes, piece.length));
        blockBytes = Math.min(2 * blockBytes, LARGE_BYTES);
      }
      piece.copy(block, used);
      used += piece.length;
    },
    peek: (count) => Buffer.concat(all().slice(0, count), count),
    join() {
      const [only, ...more] = all();
      return only !== undefined && more.length === 0 ? only : Buffer.concat(all(), length);
    },
  };
}
