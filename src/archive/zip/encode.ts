import {
  CENTRAL,
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  END,
  END_BYTES,
  END_SIGNATURE,
  END64,
  END64_BODY_BYTES,
  END64_BYTES,
  END64_SIGNATURE,
  EXTRA,
  EXTRA_HEADER_BYTES,
  EXTRA_ZIP64,
  FLAG_UTF8,
  LOCAL,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  LOCATOR64,
  LOCATOR64_BYTES,
  LOCATOR64_SIGNATURE,
  METHOD_DEFLATED,
  METHOD_STORED,
  S_IFREG,
  SENTINEL16,
  SENTINEL32,
} from './format.ts';

/** The values of the headers of one written member. */
export interface MemberHeader {
  readonly path: string;
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  readonly mode: number;
  readonly headerOffset: number;
  /** Sizes in a zip64 field. Decided before the data is written, because the field takes space in the header. */
  readonly wide: boolean;
}

/** Made by Unix, specification 2.0: what upstream's archives say. */
const MADE_BY = (3 << 8) | 20;
/** Version needed: 2.0 for deflate and folders, 4.5 for zip64 (APPNOTE 4.4.3). */
const VERSION_DEFAULT = 20;
const VERSION_ZIP64 = 45;
const MADE_BY_ZIP64 = (3 << 8) | VERSION_ZIP64;

/** MS-DOS date and time (APPNOTE 4.4.6), two-second steps from 1980 to 2107. */
export interface DosTime {
  readonly date: number;
  readonly time: number;
}

export function toDosTime(at: Date): DosTime {
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}

export function localHeaderBytes(path: string, wide: boolean): number {
  return LOCAL_BYTES + Buffer.byteLength(path) + (wide ? EXTRA_HEADER_BYTES + 16 : 0);
}

export function encodeLocalHeader(member: MemberHeader, at: DosTime): Buffer {
  const name = Buffer.from(member.path);
  const extra = member.wide ? zip64Field([member.size, member.packedSize]) : Buffer.alloc(0);
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  header.writeUInt16LE(member.wide ? VERSION_ZIP64 : VERSION_DEFAULT, LOCAL.version);
  writeShared(header, LOCAL, { member, at, name, extra });
  return Buffer.concat([header, name, extra]);
}

export function encodeCentralHeader(member: MemberHeader, at: DosTime): Buffer {
  const name = Buffer.from(member.path);
  const far = member.headerOffset >= SENTINEL32;
  const numbers = [...(member.wide ? [member.size, member.packedSize] : []), ...(far ? [member.headerOffset] : [])];
  const extra = numbers.length > 0 ? zip64Field(numbers) : Buffer.alloc(0);
  const header = Buffer.alloc(CENTRAL_BYTES);
  header.writeUInt32LE(CENTRAL_SIGNATURE, 0);
  header.writeUInt16LE(MADE_BY, CENTRAL.madeBy);
  header.writeUInt16LE(numbers.length > 0 ? VERSION_ZIP64 : VERSION_DEFAULT, CENTRAL.version);
  writeShared(header, CENTRAL, { member, at, name, extra });
  header.writeUInt32LE(((S_IFREG | member.mode) << 16) >>> 0, CENTRAL.attributes);
  header.writeUInt32LE(far ? SENTINEL32 : member.headerOffset, CENTRAL.headerOffset);
  return Buffer.concat([header, name, extra]);
}

/** The fields that both headers of a member carry (APPNOTE 4.3.7, 4.3.12). */
function writeShared(
  header: Buffer,
  offsets: typeof LOCAL | typeof CENTRAL,
  { member, at, name, extra }: { member: MemberHeader; at: DosTime; name: Buffer; extra: Buffer },
): void {
  header.writeUInt16LE(flagsOf(name), offsets.flags);
  header.writeUInt16LE(member.method === 'stored' ? METHOD_STORED : METHOD_DEFLATED, offsets.method);
  header.writeUInt16LE(at.time, offsets.time);
  header.writeUInt16LE(at.date, offsets.date);
  header.writeUInt32LE(member.crc32, offsets.crc32);
  header.writeUInt32LE(member.wide ? SENTINEL32 : member.packedSize, offsets.packedSize);
  header.writeUInt32LE(member.wide ? SENTINEL32 : member.size, offsets.size);
  header.writeUInt16LE(name.length, offsets.nameBytes);
  header.writeUInt16LE(extra.length, offsets.extraBytes);
}

/** The end record, with the zip64 records before it if a number does not fit. */
export function encodeEnd(entries: number, offset: number, size: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(Math.min(entries, SENTINEL16), END.entriesHere);
  end.writeUInt16LE(Math.min(entries, SENTINEL16), END.entries);
  end.writeUInt32LE(Math.min(size, SENTINEL32), END.size);
  end.writeUInt32LE(Math.min(offset, SENTINEL32), END.offset);
  if (entries < SENTINEL16 && size < SENTINEL32 && offset < SENTINEL32) return end;
  const record = Buffer.alloc(END64_BYTES);
  record.writeUInt32LE(END64_SIGNATURE, 0);
  record.writeBigUInt64LE(BigInt(END64_BODY_BYTES), END64.bodyBytes);
  record.writeUInt16LE(MADE_BY_ZIP64, END64.madeBy);
  record.writeUInt16LE(VERSION_ZIP64, END64.version);
  record.writeBigUInt64LE(BigInt(entries), END64.entriesHere);
  record.writeBigUInt64LE(BigInt(entries), END64.entries);
  record.writeBigUInt64LE(BigInt(size), END64.size);
  record.writeBigUInt64LE(BigInt(offset), END64.offset);
  const locator = Buffer.alloc(LOCATOR64_BYTES);
  locator.writeUInt32LE(LOCATOR64_SIGNATURE, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), LOCATOR64.offset);
  locator.writeUInt32LE(1, LOCATOR64.disks);
  return Buffer.concat([record, locator, end]);
}

function flagsOf(name: Buffer): number {
  return name.some((byte) => byte > 0x7f) ? FLAG_UTF8 : 0;
}

function zip64Field(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(EXTRA_HEADER_BYTES + numbers.length * 8);
  field.writeUInt16LE(EXTRA_ZIP64, EXTRA.id);
  field.writeUInt16LE(numbers.length * 8, EXTRA.bodyBytes);
  for (const [index, value] of numbers.entries()) field.writeBigUInt64LE(BigInt(value), EXTRA_HEADER_BYTES + index * 8);
  return field;
}
