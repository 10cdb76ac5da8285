import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import type { ByteSource } from '../../core/byte-source.ts';
import { mapInOrder } from '../../core/concurrency.ts';

/**
 * A large member is deflated in chunks of this size, each separately, so that all cores work on it and the result does
 * not depend on their number. A chunk cannot use the 32 KiB window before it, which costs under 0.1 % at 1 MiB.
 */
export const PIECE_BYTES = 1024 ** 2;

/** zlib's default, and upstream's. */
export const AUTO_LEVEL = 6;

const deflateRawAsync: (bytes: Uint8Array, options: object) => Promise<Buffer> = promisify(deflateRaw);

/**
 * One chunk as raw DEFLATE. All but the last end on a byte boundary without ending the stream, so that chunks can be
 * joined.
 */
export function deflatePiece(bytes: Uint8Array, level: number, isLast: boolean): Promise<Buffer> {
  const finishFlush = isLast ? constants.Z_FINISH : constants.Z_FULL_FLUSH;
  // One output buffer that holds the worst case: fewer callbacks, and no copy to join the parts.
  return deflateRawAsync(bytes, { level, finishFlush, chunkSize: bytes.length + (bytes.length >> 10) + 128 });
}

/** Chunks deflated at a time: libuv's pool has four threads, two more keep it busy while a result is written. */
const LANES = 6;

/** Deflates chunks on all cores and gives the results in order; a chunk must not change until its result arrives. */
export async function* deflatePieces(pieces: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Buffer> {
  yield* mapInOrder(markLast(pieces), LANES, ({ piece, isLast }) => deflatePiece(piece, level, isLast));
}

/** One chunk behind, since only the end shows which chunk is the last. An empty stream has one empty chunk. */
async function* markLast(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  let held: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    if (held.length > 0) yield { piece: held, isLast: false };
    held = piece;
  }
  yield { piece: held, isLast: true };
}

/**
 * Maximum size of a stream of joined chunks for incompressible input: 5 bytes for every 16 KiB block, and a flush for
 * each chunk.
 */
export function deflateBound(size: number): number {
  return size + 5 * Math.ceil(size / 16_383) + 16 * Math.ceil(size / PIECE_BYTES) + 64;
}

/** Number and size of the blocks in a sample: 256 KiB in all, a few milliseconds. */
const SAMPLE_BLOCKS = 4;
const SAMPLE_BLOCK_BYTES = 64 * 1024;

/**
 * Whether deflating is worth its time: blocks spread over the source must shrink to this share or less. Float weights
 * shrink to about 93 % at ten times the time of a copy, text to 30 %.
 */
export const WORTHWHILE_SHARE = 0.9;

export async function isWorthDeflating(source: ByteSource, level: number): Promise<boolean> {
  const span = Math.max(0, source.size - SAMPLE_BLOCK_BYTES);
  let packed = 0;
  let total = 0;
  for (let index = 0; index < SAMPLE_BLOCKS; index++) {
    const offset = Math.floor((span * index) / (SAMPLE_BLOCKS - 1));
    const block = await source.read(offset, Math.min(SAMPLE_BLOCK_BYTES, source.size - offset));
    packed += (await deflatePiece(block, level, true)).length;
    total += block.length;
  }
  return packed <= total * WORTHWHILE_SHARE;
}
