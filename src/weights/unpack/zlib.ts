import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { ByteSource } from '../../core/byte-source.ts';

const openers = { gzip: createGunzip, zlib: createInflate, deflate: createInflateRaw } as const;
export type ZlibKind = keyof typeof openers;

export function isZlibKind(packing: string): packing is ZlibKind {
  return packing in openers;
}

/** To find where a stream breaks it is unpacked a few times over: so much of it at most. */
const MAX_BROKEN_BYTES = 8 * 1024 ** 2;
const PIECE_BYTES = 64 * 1024;

export interface Inflated {
  readonly bytes: Buffer;
  readonly end: 'whole' | 'broken' | 'limit';
}

/**
 * Everything that a stream gives before it ends, breaks or reaches the limit. A loader that reads bit by bit has run
 * the bytes before a break; zlib itself drops the last of them, so the longest valid prefix is searched.
 */
export async function inflateAll(kind: ZlibKind, packed: Uint8Array, limit: number): Promise<Inflated> {
  const whole = await inflateSome(kind, packed, limit);
  if (whole !== undefined) return { bytes: whole, end: whole.length >= limit ? 'limit' : 'whole' };
  const bounded = Math.min(limit, MAX_BROKEN_BYTES);
  let [sound, broken] = [0, packed.length];
  let bytes: Buffer = Buffer.alloc(0);
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    const found = await inflateSome(kind, packed.subarray(0, middle), bounded);
    if (found === undefined) broken = middle;
    else [sound, bytes] = [middle, found];
    if (bytes.length >= bounded) return { bytes, end: 'limit' };
  }
  return { bytes, end: 'broken' };
}

/** Up to `limit` bytes, also of a prefix; undefined if the stream breaks earlier. */
async function inflateSome(kind: ZlibKind, packed: Uint8Array, limit: number): Promise<Buffer | undefined> {
  const inflater = openers[kind]({ finishFlush: 2, chunkSize: PIECE_BYTES });
  const pieces: Buffer[] = [];
  let total = 0;
  inflater.on('data', (piece: Buffer) => {
    pieces.push(piece);
    total += piece.length;
    if (total >= limit) inflater.destroy();
  });
  inflater.end(packed);
  try {
    await once(inflater, 'close');
  } catch {
    if (total < limit) return undefined;
  }
  return Buffer.concat(pieces).subarray(0, limit);
}

/** A stream of any size piece by piece, up to `limit` bytes; where it breaks it ends. */
export async function* inflatePieces(kind: ZlibKind, packed: ByteSource, limit: number): AsyncGenerator<Uint8Array> {
  const inflater = openers[kind]({ finishFlush: 2, chunkSize: PIECE_BYTES });
  const input = Readable.from(copies(packed), { objectMode: false, highWaterMark: 4 * PIECE_BYTES });
  pipeline(input, inflater, () => {}); // The error reaches the reader of `inflater` below.
  const pieces: AsyncIterable<Buffer> = inflater;
  let left = limit;
  try {
    for await (const piece of pieces) {
      yield piece.subarray(0, left);
      left -= piece.length;
      if (left <= 0) return;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
  } finally {
    input.destroy();
    inflater.destroy();
  }
}

/** A piece of a source is valid until the next is asked for, and the decoder may hold it longer. */
async function* copies(packed: ByteSource): AsyncGenerator<Buffer> {
  for await (const piece of packed.stream()) yield Buffer.from(piece);
}
