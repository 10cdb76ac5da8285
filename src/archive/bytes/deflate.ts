import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import type { ByteSource } from '../../core/byte-source.ts';
import { mapInOrder } from '../../core/concurrency.ts';

/**
 * A large member is deflated in pieces of this size, each by itself, so that all cores work on it and the result does
 * not depend on how many there are. A piece forgets the 32 KiB window before it, which costs under 0.1 % at 1 MiB.
 */
export const PIECE_BYTES = 1024 ** 2;

/** zlib's default, and upstream's. */
export const AUTO_LEVEL = 6;

const deflateRawAsync: (bytes: Uint8Array, options: object) => Promise<Buffer> = promisify(deflateRaw);

/** One piece as raw DEFLATE. All but the last end on a byte boundary without ending the stream, so that pieces can be joined. */
export function deflatePiece(bytes: Uint8Array, level: number, isLast: boolean): Promise<Buffer> {
  const finishFlush = isLast ? constants.Z_FINISH : constants.Z_FULL_FLUSH;
  // One output buffer that holds the worst case: fewer callbacks, and no copy to join the parts.
  return deflateRawAsync(bytes, { level, finishFlush, chunkSize: bytes.length + (bytes.length >> 10) + 128 });
}

/** Pieces being deflated at a time: libuv's pool has four threads, two more keep it fed while one result is written. */
const LANES = 6;

/** Deflates pieces on all cores and gives the results in order; each piece must stay untouched until its result came. */
export async function* deflatePieces(pieces: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Buffer> {
  yield* mapInOrder(markLast(pieces), LANES, ({ piece, isLast }) => deflatePiece(piece, level, isLast));
}

/** Held back by one: only at the end is it known which piece is the last. An empty stream has one empty piece. */
async function* markLast(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  let held: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    if (held.length > 0) yield { piece: held, isLast: false };
    held = piece;
  }
  yield { piece: held, isLast: true };
}

/** Most a stream of joined pieces can take for incompressible input: 5 bytes for every 16 KiB block, and a flush a piece. */
export function deflateBound(size: number): number {
  return size + 5 * Math.ceil(size / 16_383) + 16 * Math.ceil(size / PIECE_BYTES) + 64;
}

/** Blocks of the sample and their size: 256 KiB in all, a few milliseconds. */
const SAMPLE_BLOCKS = 4;
const SAMPLE_BLOCK_BYTES = 64 * 1024;

/**
 * Whether deflating is worth its time: a few blocks spread over the source shrink to this share or less. Float weights
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
