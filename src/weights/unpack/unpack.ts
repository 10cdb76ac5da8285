import { Malformed } from '../../core/documents/malformed.ts';
import { unpackBzip2 } from './bzip2.ts';
import { Input } from './input.ts';
import { unpackLz4 } from './lz4.ts';
import { unpackLzma } from './lzma.ts';
import { Full, Output, Unsupported } from './output.ts';
import { unpackXz } from './xz.ts';
import { type Inflated, inflateAll, type ZlibKind } from './zlib.ts';

const decoders = { bzip2: unpackBzip2, lzma: unpackLzma, xz: unpackXz, lz4: unpackLz4 } as const;
export type Packing = ZlibKind | keyof typeof decoders;

export interface Unpacked {
  /** Bytes before the end, the error or the limit. */
  readonly bytes: Uint8Array;
  readonly end: 'whole' | 'broken' | 'limit' | 'unsupported';
  /** The error at the break. */
  readonly reason?: string;
}

/**
 * Unpacks a stream as far as possible. Checksums are not compared: a loader has run what it read before it compares
 * them.
 */
export async function unpack(packing: Packing, packed: Uint8Array, limit: number): Promise<Unpacked> {
  if (packing === 'gzip' || packing === 'zlib' || packing === 'deflate')
    return describe(await inflateAll(packing, packed, limit));
  const output = new Output(limit);
  try {
    decoders[packing](new Input(packed), output, limit);
  } catch (error) {
    if (error instanceof Full) return { bytes: output.bytes, end: 'limit' };
    if (error instanceof Unsupported) return { bytes: output.bytes, end: 'unsupported', reason: error.message };
    if (error instanceof Malformed) return { bytes: output.bytes, end: 'broken', reason: error.message };
    throw error;
  }
  return { bytes: output.bytes, end: 'whole' };
}

function describe({ bytes, end }: Inflated): Unpacked {
  return { bytes, end, ...(end === 'broken' && { reason: 'it does not unpack to its end' }) };
}
