import { NPY_MAGIC } from '../numpy/header.ts';
import { BLOCK_BYTES, isTarHeader } from './lenient-tar.ts';

/** A format that contains other files, or an array that may be a pickle. */
export type Container = 'zip' | 'tar' | 'npy' | Packed | Closed;
/** One file in a stream; `zfile` is how joblib wrote one before 0.9.3. */
export type Packed = 'gzip' | 'zlib' | 'bzip2' | 'xz' | 'lzma' | 'lz4' | 'zfile';
/** Formats that are not opened here, nor by any loader of weights. */
export type Closed = 'zstd' | '7z' | 'rar';

/** Bytes needed to recognise a container: a tar's header is the longest. */
export const CONTAINER_HEAD_BYTES = BLOCK_BYTES;

const hexMagics: readonly (readonly [hex: string, container: Container])[] = [
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['1f8b08', 'gzip'],
  [NPY_MAGIC.toString('hex'), 'npy'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'zstd'],
  ['04224d18', 'lz4'],
  ['377abcaf271c', '7z'],
  ['526172211a07', 'rar'],
  [Buffer.from('ZF0x').toString('hex'), 'zfile'],
];

const magics = hexMagics.map(([hex, container]) => ({ bytes: Buffer.from(hex, 'hex'), container }));

const closed: ReadonlySet<string> = new Set<Closed>(['zstd', '7z', 'rar']);
const packed: ReadonlySet<string> = new Set<Packed>(['gzip', 'zlib', 'bzip2', 'xz', 'lzma', 'lz4', 'zfile']);

export function isClosed(container: Container): container is Closed {
  return closed.has(container);
}

export function isPacked(container: Container): container is Packed {
  return packed.has(container);
}

/** A container that begins with a mark of its own. */
export function findMarked(head: Buffer): Container | undefined {
  return magics.find(({ bytes }) => head[0] === bytes[0] && head.subarray(0, bytes.length).equals(bytes))?.container;
}

/** By content only, as loaders do. */
export function findContainer(head: Buffer): Container | undefined {
  const marked = findMarked(head);
  if (marked !== undefined) return marked;
  if (head.length >= BLOCK_BYTES && isTarHeader(head.subarray(0, BLOCK_BYTES))) return 'tar';
  if (isZlib(head)) return 'zlib';
  return isLzma(head) ? 'lzma' : undefined;
}

/** Method 8, a window of at most 32 KiB, no dictionary, and a check of these (RFC 1950). */
function isZlib(head: Buffer): boolean {
  const [method = 0, flags = 0] = head;
  return (method & 0x0f) === 8 && method >> 4 <= 7 && (flags & 0x20) === 0 && (method * 256 + flags) % 31 === 0;
}

/** No mark of its own: properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size below 256 GiB or none, a zero. */
function isLzma(head: Buffer): boolean {
  if (head.length < 14 || (head[0] ?? 0xff) >= 225 || head[13] !== 0) return false;
  const dictionary = head.readUInt32LE(1);
  const power = 2 ** Math.floor(Math.log2(dictionary));
  const size = head.readBigUInt64LE(5);
  return (
    dictionary >= 4096 &&
    (dictionary === power || dictionary === power * 1.5 || dictionary === 0xffffffff) &&
    (size === 0xffffffffffffffffn || size < 2n ** 38n)
  );
}
