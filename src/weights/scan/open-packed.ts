import { spoolToTemp } from '../../archive/bytes/spool.ts';
import { type ByteSource, bufferSource, sliceSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { readNumpyHeader } from '../numpy/header.ts';
import { mayBePickle, runPickles } from '../pickle/stream.ts';
import { OverLimit } from '../reading/budget.ts';
import { Window } from '../reading/window.ts';
import { type Packing, type Unpacked, unpack } from '../unpack/unpack.ts';
import { inflatePieces, isZlibKind, type ZlibKind } from '../unpack/zlib.ts';
import { CONTAINER_HEAD_BYTES, findContainer, type Packed } from './container.ts';
import { endsWithZip, TAIL_BYTES } from './zip-end.ts';

/** Bytes of one file that is unpacked into memory. */
export const MAX_UNPACKED_BYTES = 64 * 1024 ** 2;
/** The same of a kind that is unpacked into a temporary file beyond. */
const MAX_MEMORY_BYTES = 16 * 1024 ** 2;

const MARKED: ReadonlySet<Packing> = new Set<Packing>(['bzip2', 'xz', 'lz4']);

/** "ZF", the size as a hexadecimal number, filled up with spaces to this many bytes; Python 2 wrote one more. */
const ZFILE_HEAD_BYTES = 21;

/** The stream of a packed file: all of it, but for a head of joblib's own. */
export async function findStream(source: ByteSource, kind: Packed): Promise<{ packing: Packing; stream: ByteSource }> {
  if (kind !== 'zfile') return { packing: kind, stream: source };
  const head = Buffer.from(await source.read(0, Math.min(source.size, ZFILE_HEAD_BYTES + 1)));
  const start = Math.min(head.length, head[ZFILE_HEAD_BYTES] === 0x20 ? ZFILE_HEAD_BYTES + 1 : ZFILE_HEAD_BYTES);
  return { packing: 'zlib', stream: sliceSource(source, source.label, start, source.size - start) };
}

/** What a stream holds, as far as it can matter to a loader. */
export interface OpenStream {
  readonly content: ByteSource;
  /** `limit`: more would follow, which may be of interest. */
  readonly end: Unpacked['end'];
  readonly reason?: string;
  /** Bytes that were unpacked for it. */
  readonly spent: number;
  /** It begins as something that a loader opens. */
  readonly isLoadable: boolean;
  close(): Promise<void>;
}

/**
 * Unpacks at most `limit` bytes. A small stream is kept in memory. Of a large one the beginning is, and if a loader would go on
 * from there, or finds a ZIP at the end, all of it in a temporary file; only zlib is fast enough for that.
 */
export async function openStream(source: ByteSource, packing: Packing, limit: number): Promise<OpenStream> {
  const most = isZlibKind(packing) ? MAX_MEMORY_BYTES : MAX_UNPACKED_BYTES;
  const isPart = source.size > most;
  const first = await unpack(packing, await source.read(0, Math.min(source.size, most)), Math.min(limit, most));
  const content = bufferSource(source.label, first.bytes);
  const spent = first.bytes.length;
  // A marked stream that breaks off does so where its packed bytes were cut; zlib gives what there is, and is whole.
  const isMore =
    first.end === 'limit' || (isPart && (first.end === 'whole' || (first.end === 'broken' && MARKED.has(packing))));
  const kept = { content, spent, close: async () => {}, ...(first.reason && { reason: first.reason }) };
  if (!isMore) return { ...kept, end: first.end, isLoadable: true };
  const isLoadable = await goesOn(content);
  if (!isZlibKind(packing) || limit <= most) return { ...kept, end: 'limit', isLoadable };
  if (!isLoadable) {
    const { tail, total } = await readTail(packing, source, limit);
    if (!endsWithZip(tail)) return { ...kept, end: total >= limit ? 'limit' : 'whole', spent: total, isLoadable };
  }
  const spooled = await spoolToTemp(inflatePieces(packing, source, limit), source.label);
  const end = spooled.size >= limit ? 'limit' : 'whole';
  return { content: spooled, end, spent: spooled.size, isLoadable: true, close: () => spooled.close() };
}

/** Whether the beginning of a file is one that a loader reads on from. */
async function goesOn(content: ByteSource): Promise<boolean> {
  const head = Buffer.from(await content.read(0, Math.min(content.size, CONTAINER_HEAD_BYTES)));
  const container = findContainer(head);
  if (container === 'npy') return isArrayOfObjects(content);
  if (container !== undefined) return true;
  if (!mayBePickle(head[0] ?? 0)) return false;
  const { runs } = await runPickles(new Window(content, 0, content.size, true));
  return runs.some(({ error }) => error instanceof OverLimit);
}

async function isArrayOfObjects(content: ByteSource): Promise<boolean> {
  try {
    return (await readNumpyHeader(content)).isObject;
  } catch (error) {
    if (error instanceof Malformed) return true;
    throw error;
  }
}

/** The last bytes of a stream, and how many it has. */
async function readTail(kind: ZlibKind, source: ByteSource, limit: number): Promise<{ tail: Buffer; total: number }> {
  let tail: Buffer = Buffer.alloc(0);
  let total = 0;
  for await (const piece of inflatePieces(kind, source, limit)) {
    total += piece.length;
    tail = Buffer.concat([tail, piece]).subarray(-TAIL_BYTES);
  }
  return { tail, total };
}
