import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createInflateRaw, type InflateRaw, inflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteSource } from '../../core/byte-source.ts';

/** Why deflated data is refused; `rule` names the archive rule. */
export class InflateProblem extends Error {
  readonly rule: 'archive/inflate' | 'archive/inflate-size';
  constructor(rule: InflateProblem['rule'], message: string, cause?: unknown) {
    super(message, { cause });
    this.rule = rule;
  }
}

/** Output chunk size of the streaming decoder; the default of 16 KiB costs a callback for each chunk. */
const PIECE_BYTES = 256 * 1024;

/** Up to this size a member is inflated synchronously: switching to the thread pool takes longer than the work. */
export const SMALL_BYTES = 64 * 1024;

/** Inflates in one call; for members that fit in memory. */
export async function inflateWhole(packed: Uint8Array, size: number): Promise<Buffer> {
  const isSmall = packed.length <= SMALL_BYTES && size <= SMALL_BYTES;
  try {
    const { buffer, engine } = isSmall ? inflateHere(packed, size) : await inflateInPool(packed, size);
    checkConsumed(engine.bytesWritten, packed.length);
    checkProduced(buffer.length, size);
    return buffer;
  } catch (cause) {
    throw toProblem(cause, size);
  }
}

/** With `info` Node gives both the bytes and the engine; its types know only the bytes. */
type Inflated = { buffer: Buffer; engine: InflateRaw };

function inflateHere(packed: Uint8Array, size: number): Inflated {
  const inflated: unknown = inflateRawSync(packed, inflateOptions(size));
  return inflated as Inflated;
}

const inflateAsync = promisify(inflateRaw);

async function inflateInPool(packed: Uint8Array, size: number): Promise<Inflated> {
  const inflated: unknown = await inflateAsync(packed, inflateOptions(size));
  return inflated as Inflated;
}

function inflateOptions(size: number) {
  const chunkSize = Math.max(64, Math.min(size + 1, 4 * PIECE_BYTES));
  return { info: true, maxOutputLength: size + 1, chunkSize };
}

/** Inflates in chunks; throws as soon as there are more than `size` bytes, before they are passed on. */
export async function* inflateStream(packed: ByteSource, size: number): AsyncGenerator<Uint8Array> {
  let produced = 0;
  for await (const piece of inflateUpTo(packed, size)) {
    produced += piece.length;
    yield piece;
  }
  checkProduced(produced, size);
}

/** The same for an unknown size: at most `limit` bytes, and the source is read to its last byte. */
export async function* inflateUpTo(packed: ByteSource, limit: number): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
  // A chunk of a source is valid until the next one is requested, but the decoder may keep it longer, so it gets a
  // copy.
  const input = Readable.from(copies(packed), { objectMode: false, highWaterMark: PIECE_BYTES });
  pipeline(input, inflate, () => {}); // The error reaches the reader of `inflate` below.
  const pieces: AsyncIterable<Buffer> = inflate;
  let produced = 0;
  try {
    for await (const piece of pieces) {
      produced += piece.length;
      if (produced > limit) throw new InflateProblem('archive/inflate-size', `it inflates to more than ${limit} bytes`);
      yield piece;
    }
  } catch (cause) {
    throw toProblem(cause, limit);
  } finally {
    input.destroy();
    inflate.destroy();
  }
  checkConsumed(inflate.bytesWritten, packed.size);
}

async function* copies(packed: ByteSource): AsyncGenerator<Buffer> {
  for await (const piece of packed.stream()) yield Buffer.from(piece);
}

function checkConsumed(consumed: number, packedSize: number): void {
  if (consumed === packedSize) return;
  throw new InflateProblem('archive/inflate-size', `its deflate stream ends after ${consumed} of ${packedSize} bytes`);
}

function checkProduced(produced: number, size: number): void {
  if (produced === size) return;
  throw new InflateProblem('archive/inflate-size', `it inflates to ${produced} bytes, its header says ${size}`);
}

function toProblem(cause: unknown, size: number): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  if (cause.code === 'ERR_BUFFER_TOO_LARGE') {
    return new InflateProblem('archive/inflate-size', `it inflates to more than ${size} bytes`, cause);
  }
  if (cause.code === 'Z_BUF_ERROR')
    return new InflateProblem('archive/inflate-size', 'its deflate stream does not end with its data', cause);
  return typeof cause.code === 'string' && cause.code.startsWith('Z_')
    ? new InflateProblem('archive/inflate', `it cannot be inflated: ${cause.message}`, cause)
    : cause;
}
