import { crc32, createInflateRaw } from 'node:zlib';
import { type ByteSource, bufferSource, sliceSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import type { LenientMember } from './lenient-zip.ts';

/** At most `limit` bytes from the start of a member, inflated if it is deflated. */
export async function openMember(source: ByteSource, member: LenientMember, limit: number): Promise<ByteSource> {
  const packed = sliceSource(source, member.name, member.offset, member.packedSize);
  if (member.method === 0) return sliceSource(packed, member.name, 0, Math.min(member.packedSize, member.size));
  if (member.method !== 8)
    throw new Malformed(`member ${JSON.stringify(member.name)} has the ZIP method ${member.method}`, member.offset);
  return bufferSource(member.name, await inflate(packed, Math.min(limit, member.size), member));
}

async function inflate(packed: ByteSource, limit: number, member: LenientMember): Promise<Buffer> {
  const inflater = createInflateRaw();
  const pieces: Buffer[] = [];
  let total = 0;
  const feed = async () => {
    for await (const piece of packed.stream()) {
      if (inflater.destroyed) return;
      // The chunk is only valid until the next one.
      if (!inflater.write(Buffer.from(piece)))
        await new Promise((resolve) => inflater.once('drain', resolve).once('close', resolve));
    }
    if (!inflater.destroyed) inflater.end();
  };
  try {
    const feeding = feed();
    feeding.catch((error) => inflater.destroy(error));
    for await (const piece of inflater) {
      pieces.push(piece);
      total += piece.length;
      if (total >= limit) break;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new Malformed(`member ${JSON.stringify(member.name)} does not inflate`, member.offset);
  }
  return Buffer.concat(pieces).subarray(0, limit);
}

/** Whether the bytes of a whole member have the checksum of its directory entry. */
export function matchesChecksum(bytes: Uint8Array, member: LenientMember): boolean {
  return bytes.length !== member.size || crc32(bytes) === member.crc32;
}
