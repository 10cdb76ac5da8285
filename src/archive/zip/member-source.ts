import { crc32 } from 'node:zlib';
import { type ByteSource, bufferSource, sliceSource, truncated } from '../../core/byte-source.ts';
import { ToolError } from '../../core/errors.ts';
import { inflateStream, inflateWhole, SMALL_BYTES } from '../bytes/inflate.ts';
import { spoolToTemp } from '../bytes/spool.ts';
import type { LocatedMember } from './format.ts';

/** Up to this size a deflated member is inflated into memory for random reads, a larger one into a temporary file. */
const MEMORY_BYTES = 16 * 1024 ** 2;

/** The content of a member. Reading from start to end checks its CRC-32 and its sizes. */
export function memberSource(archive: ByteSource, member: LocatedMember): ByteSource {
  const packed = sliceSource(archive, member.name, member.dataOffset, member.packedSize);
  const open = () => (member.method === 'stored' ? packed.stream() : inflateStream(packed, member.size));
  const checked = () => checkedStream(open(), member);
  if (member.method === 'stored') {
    return {
      ...packed,
      stream: (start = 0, end = member.size) =>
        start === 0 && end === member.size ? checked() : packed.stream(start, end),
    };
  }
  return inflatedSource(packed, member, checked);
}

/** Random access to a deflated member: inflated once, on the first read that needs it. */
function inflatedSource(
  packed: ByteSource,
  member: LocatedMember,
  checked: () => AsyncIterable<Uint8Array>,
): ByteSource {
  const { name, size } = member;
  let inflated: Promise<ByteSource> | undefined;
  const whole = () => {
    inflated ??= size <= MEMORY_BYTES ? inflateToMemory(packed, member) : spoolToTemp(checked(), name);
    return inflated;
  };
  return {
    label: name,
    size,
    async read(offset, length) {
      if (offset < 0 || offset + length > size) throw truncated(name, offset, length, size - offset);
      return (await whole()).read(offset, length);
    },
    async *stream(start = 0, end = size) {
      if (end > size) throw truncated(name, start, end - start, size - start);
      if (start === 0 && end === size && inflated === undefined && size > SMALL_BYTES) yield* checked();
      else yield* (await whole()).stream(start, end);
    },
    async close() {
      const source = await inflated?.catch(() => undefined);
      inflated = undefined;
      await source?.close();
    },
  };
}

async function inflateToMemory(packed: ByteSource, member: LocatedMember): Promise<ByteSource> {
  const bytes = await inflateWhole(await packed.read(0, packed.size), member.size).catch((cause: unknown) => {
    throw corrupt(member, cause instanceof Error ? cause.message : String(cause), cause);
  });
  const found = crc32(bytes);
  if (found !== member.crc32) throw corrupt(member, crcMessage(found, member.crc32));
  return bufferSource(member.name, bytes);
}

/** The checksum of small members is computed at once: waiting for the event loop takes longer. */
const SUM_AT_ONCE_BYTES = 64 * 1024;

async function* checkedStream(pieces: AsyncIterable<Uint8Array>, member: LocatedMember): AsyncGenerator<Uint8Array> {
  let crc = 0;
  try {
    for await (const piece of pieces) {
      if (piece.length <= SUM_AT_ONCE_BYTES) {
        crc = crc32(piece, crc);
        yield piece;
        continue;
      }
      // The checksum is computed while the consumer handles the chunk, which stays valid until the next one is
      // requested.
      const summed = new Promise<void>((resolve) => {
        setImmediate(() => {
          crc = crc32(piece, crc);
          resolve();
        });
      });
      yield piece;
      await summed;
    }
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw corrupt(member, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (crc !== member.crc32) throw corrupt(member, crcMessage(crc, member.crc32));
}

export function crcMessage(found: number, expected: number): string {
  const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
  return `its CRC-32 is ${hex(found)}, its header says ${hex(expected)}`;
}

function corrupt(member: LocatedMember, reason: string, cause?: unknown): ToolError {
  return new ToolError('MEMBER_CORRUPT', { member: member.name, reason }, { cause });
}
