import { crc32 } from 'node:zlib';
import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { InflateProblem, inflateUpTo } from '../bytes/inflate.ts';

/** Why a gzip file is refused. */
export class GzipProblem extends Error {}

const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
/** The header may carry the file's name, a comment and an extra field; real ones are far below this. */
const MAX_HEADER_BYTES = 64 * 1024;
const [FHCRC, FEXTRA, FNAME, FCOMMENT] = [2, 4, 8, 16];
const FLAGS_RESERVED = 0xe0;

/**
 * Inflates a gzip file with exactly one member (RFC 1952). TorchServe reads the first member and stops, other tools
 * read all: anything after the first member is refused, so that all read the same.
 */
export async function* gunzipStream(source: ByteSource, limit: number): AsyncGenerator<Uint8Array> {
  const start = await findData(source);
  if (source.size - start < TRAILER_BYTES)
    throw new GzipProblem(`it ends at byte ${source.size}, inside its header or trailer`);
  const packed = sliceSource(source, source.label, start, source.size - start - TRAILER_BYTES);
  let sum = 0;
  let size = 0;
  try {
    for await (const piece of inflateUpTo(packed, limit)) {
      sum = crc32(piece, sum);
      size += piece.length;
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof InflateProblem) throw new GzipProblem(cause.message, { cause });
    throw cause;
  }
  const trailer = Buffer.from(await source.read(source.size - TRAILER_BYTES, TRAILER_BYTES));
  if (trailer.readUInt32LE(0) !== sum) throw new GzipProblem(`its content does not have the CRC-32 of its trailer`);
  if (trailer.readUInt32LE(4) !== size % 2 ** 32)
    throw new GzipProblem(`it holds ${size} bytes, its trailer says ${trailer.readUInt32LE(4)}`);
}

/** Offset of the deflated data. */
async function findData(source: ByteSource): Promise<number> {
  const header = Buffer.from(await source.read(0, Math.min(source.size, MAX_HEADER_BYTES)));
  const flags = header[3] ?? 0;
  if (header.length < FIXED_BYTES || header[2] !== 8 || flags & FLAGS_RESERVED)
    throw new GzipProblem('its header is not a gzip header with method 8');
  let at = FIXED_BYTES;
  if (flags & FEXTRA) at += 2 + (at + 2 <= header.length ? header.readUInt16LE(at) : MAX_HEADER_BYTES);
  for (const field of [FNAME, FCOMMENT]) {
    if ((flags & field) === 0) continue;
    const end = header.indexOf(0, at);
    at = end === -1 ? MAX_HEADER_BYTES + 1 : end + 1;
  }
  const end = at;
  if (flags & FHCRC) at += 2;
  if (at > header.length) throw new GzipProblem(`its header does not end within ${header.length} bytes`);
  if (flags & FHCRC && header.readUInt16LE(end) !== (crc32(header.subarray(0, end)) & 0xffff))
    throw new GzipProblem('its header does not have the checksum that it says');
  return at;
}
