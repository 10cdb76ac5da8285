import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { type Packing, type Unpacked, unpack } from '../unpack/unpack.ts';
import type { Packed } from './container.ts';

/** Bytes of one file that is unpacked into memory. */
export const MAX_UNPACKED_BYTES = 64 * 1024 ** 2;

/** "ZF", the size as a hexadecimal number, filled up with spaces to this many bytes; Python 2 wrote one more. */
const ZFILE_HEAD_BYTES = 21;

/** The stream of a packed file: all of it, but for a head of joblib's own. */
export async function findStream(source: ByteSource, kind: Packed): Promise<{ packing: Packing; stream: ByteSource }> {
  if (kind !== 'zfile') return { packing: kind, stream: source };
  const head = Buffer.from(await source.read(0, Math.min(source.size, ZFILE_HEAD_BYTES + 1)));
  const start = Math.min(head.length, head[ZFILE_HEAD_BYTES] === 0x20 ? ZFILE_HEAD_BYTES + 1 : ZFILE_HEAD_BYTES);
  return { packing: 'zlib', stream: sliceSource(source, source.label, start, source.size - start) };
}

/** What a packed file holds, up to the bound; undefined where it is packed larger than that. */
export async function unpackFile(source: ByteSource, kind: Packed): Promise<Unpacked | undefined> {
  const { packing, stream } = await findStream(source, kind);
  if (stream.size > MAX_UNPACKED_BYTES) return undefined;
  return unpack(packing, await stream.read(0, stream.size), MAX_UNPACKED_BYTES);
}
