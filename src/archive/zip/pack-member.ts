import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../../core/byte-source.ts';
import {
  AUTO_LEVEL,
  deflateBound,
  deflatePiece,
  deflatePieces,
  isWorthDeflating,
  PIECE_BYTES,
  WORTHWHILE_SHARE,
} from '../bytes/deflate.ts';
import type { ArchiveOutput } from '../bytes/output.ts';
import type { Sha256 } from '../bytes/sha256.ts';
import { openPlanned, readPlanned, toInputError } from '../plan/read-planned.ts';
import type { Compression } from '../plan/write-options.ts';
import type { PackedForm, PlannedFile } from '../structure/types.ts';
import { type DosTime, encodeLocalHeader, localHeaderBytes, type MemberHeader } from './encode.ts';
import { SENTINEL32 } from './format.ts';

export interface PackSettings {
  readonly compression: Compression;
  /** Absent if no digests are needed. */
  readonly sha256: Sha256 | undefined;
  readonly time: DosTime;
  readonly signal: AbortSignal | undefined;
  /** Called with the size of each input chunk. */
  readonly onPiece: (bytes: number) => void;
}

/** A member ready to be written: a small one is in memory, a large one is read while it is written. */
export interface PackedMember {
  writeTo(output: ArchiveOutput): Promise<{ header: MemberHeader; sha256: string | undefined }>;
}

export async function packMember(file: PlannedFile, settings: PackSettings): Promise<PackedMember> {
  const { packed } = file;
  if (packed?.method === 'deflated') return { writeTo: (output) => copyDeflated(file, packed, settings, output) };
  if (packed?.method === 'stored') return packMember(withoutForm(file), { ...settings, compression: 'store' });
  if (file.size <= PIECE_BYTES) return packSmall(file, settings);
  const level = await chooseLevel(file, settings.compression);
  return {
    writeTo: (output) =>
      level === 0 ? writeStored(file, settings, output) : writeDeflated(file, level, settings, output),
  };
}

function withoutForm({ path, size, mode, origin, open }: PlannedFile): PlannedFile {
  return { path, size, mode, origin, open };
}

/** Copies a deflated member from another archive unchanged. */
async function copyDeflated(
  { path, mode, size }: PlannedFile,
  packed: Extract<PackedForm, { method: 'deflated' }>,
  { time, signal, onPiece }: PackSettings,
  output: ArchiveOutput,
) {
  const source = await packed.open();
  try {
    const wide = size >= SENTINEL32 || source.size >= SENTINEL32;
    const { crc32: sum } = packed;
    const header = {
      path,
      mode,
      size,
      method: 'deflated',
      crc32: sum,
      packedSize: source.size,
      headerOffset: output.position,
      wide,
    } as const;
    await output.append(encodeLocalHeader(header, time));
    for await (const piece of source.stream()) {
      signal?.throwIfAborted();
      await output.append(piece);
    }
    onPiece(size);
    return { header, sha256: undefined };
  } finally {
    await source.close();
  }
}

/** The deflate level of a large member, 0 to store it. */
async function chooseLevel(file: PlannedFile, compression: Compression): Promise<number> {
  if (compression === 'store') return 0;
  const level = compression === 'auto' ? AUTO_LEVEL : compression;
  // Near 4 GiB the deflated size might need a zip64 field that the size itself does not: such a member is stored.
  if (file.size < SENTINEL32 && deflateBound(file.size) >= SENTINEL32) return 0;
  if (compression !== 'auto') return level;
  const source = await openPlanned(file);
  try {
    return (await isWorthDeflating(source, level)) ? level : 0;
  } catch (cause) {
    throw toInputError(cause, file);
  } finally {
    await source.close();
  }
}

/** Reads, checksums and deflates a member that fits in one chunk; it is stored if deflating saves too little. */
async function packSmall(
  file: PlannedFile,
  { compression, sha256: wanted, time, onPiece }: PackSettings,
): Promise<PackedMember> {
  const bytes = Buffer.allocUnsafe(file.size);
  let filled = 0;
  await readPlanned(file, async (piece) => {
    bytes.set(piece, filled);
    filled += piece.length;
  });
  const level = compression === 'store' || bytes.length === 0 ? 0 : compression === 'auto' ? AUTO_LEVEL : compression;
  const deflated = level === 0 ? undefined : await deflatePiece(bytes, level, true);
  const limit = compression === 'auto' ? bytes.length * WORTHWHILE_SHARE : bytes.length;
  const body = deflated && deflated.length <= limit ? deflated : bytes;
  const sum = crc32(bytes);
  const sha256 = wanted ? createHash('sha256').update(bytes).digest('hex') : undefined;
  return {
    async writeTo(output) {
      const method = body === bytes ? 'stored' : 'deflated';
      const { path, mode, size } = file;
      const header = {
        path,
        mode,
        size,
        method,
        crc32: sum,
        packedSize: body.length,
        headerOffset: output.position,
        wide: false,
      } as const;
      await output.append(encodeLocalHeader(header, time));
      await output.append(body);
      onPiece(size);
      return { header, sha256 };
    },
  };
}

/** Copies a large member while computing its checksum, then writes its header again with it. */
async function writeStored(file: PlannedFile, settings: PackSettings, output: ArchiveOutput) {
  const { path, mode, size } = file;
  const wide = size >= SENTINEL32;
  const headerOffset = output.position;
  await output.append(Buffer.alloc(localHeaderBytes(path, wide)));
  let sum = 0;
  await readPlanned(file, async (piece) => {
    settings.signal?.throwIfAborted();
    // The chunk is written by a thread of the pool, hashed by another, and its checksum is computed here, all at once.
    const writing = output.append(piece);
    writing.catch(() => {}); // Awaited below; until then it must not count as an unhandled rejection.
    sum = crc32(piece, sum);
    await settings.sha256?.update(piece);
    await writing;
    settings.onPiece(piece.length);
  });
  const header = { path, mode, size, method: 'stored', crc32: sum, packedSize: size, headerOffset, wide } as const;
  await output.rewrite(headerOffset, encodeLocalHeader(header, settings.time));
  return { header, sha256: await settings.sha256?.digest() };
}

/** Deflates a large member in chunks on all cores, then writes its header again with checksum and size. */
async function writeDeflated(file: PlannedFile, level: number, settings: PackSettings, output: ArchiveOutput) {
  const { path, mode, size } = file;
  const wide = size >= SENTINEL32;
  const headerOffset = output.position;
  await output.append(Buffer.alloc(localHeaderBytes(path, wide)));
  const source = await openPlanned(file);
  try {
    const { crc32: sum, sha256 } = await deflateSource(source, level, settings, output);
    const packedSize = output.position - headerOffset - localHeaderBytes(path, wide);
    const header = { path, mode, size, method: 'deflated', crc32: sum, packedSize, headerOffset, wide } as const;
    await output.rewrite(headerOffset, encodeLocalHeader(header, settings.time));
    return { header, sha256 };
  } catch (cause) {
    throw toInputError(cause, file);
  } finally {
    await source.close();
  }
}

async function deflateSource(source: ByteSource, level: number, settings: PackSettings, output: ArchiveOutput) {
  const { signal, onPiece } = settings;
  let sum = 0;
  async function* pieces() {
    for (let offset = 0; offset < source.size; offset += PIECE_BYTES) {
      signal?.throwIfAborted();
      const piece = await source.read(offset, Math.min(PIECE_BYTES, source.size - offset));
      sum = crc32(piece, sum);
      await settings.sha256?.update(piece);
      onPiece(piece.length);
      yield piece;
    }
  }
  for await (const deflated of deflatePieces(pieces(), level)) await output.append(deflated);
  return { crc32: sum, sha256: await settings.sha256?.digest() };
}
