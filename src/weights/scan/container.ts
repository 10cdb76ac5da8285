import { BLOCK_BYTES, hasTarChecksum } from '../../archive/tar/header.ts';
import { NPY_MAGIC } from '../numpy/header.ts';

/** A format that holds other files, or an array that may be a pickle. */
export type Container = 'zip' | 'tar' | 'gzip' | 'zlib' | 'npy' | Closed;
/** Formats that Node cannot open. */
export type Closed = 'bzip2' | 'xz' | 'lzma' | 'zstd' | 'lz4' | '7z' | 'rar';

/** Bytes that tell a container: a tar's header is the longest. */
export const CONTAINER_HEAD_BYTES = BLOCK_BYTES;

const hexMagics: readonly (readonly [hex: string, container: Container])[] = [
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['1f8b08', 'gzip'],
  ['7801', 'zlib'],
  ['785e', 'zlib'],
  ['789c', 'zlib'],
  ['78da', 'zlib'],
  [NPY_MAGIC.toString('hex'), 'npy'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  // Its default dictionary of 8 MiB; the format has no mark of its own.
  ['5d00008000', 'lzma'],
  ['28b52ffd', 'zstd'],
  ['04224d18', 'lz4'],
  ['377abcaf271c', '7z'],
  ['526172211a07', 'rar'],
];

const magics = hexMagics.map(([hex, container]) => ({ bytes: Buffer.from(hex, 'hex'), container }));

const closed: ReadonlySet<string> = new Set<Closed>(['bzip2', 'xz', 'lzma', 'zstd', 'lz4', '7z', 'rar']);

export function isClosed(container: Container): container is Closed {
  return closed.has(container);
}

/** By content alone: a loader looks at nothing else. */
export function findContainer(head: Buffer): Container | undefined {
  const found = magics.find(({ bytes }) => head[0] === bytes[0] && head.subarray(0, bytes.length).equals(bytes));
  if (found !== undefined) return found.container;
  return head.length >= BLOCK_BYTES && hasTarChecksum(head.subarray(0, BLOCK_BYTES)) ? 'tar' : undefined;
}
