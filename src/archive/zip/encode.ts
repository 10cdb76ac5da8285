import {
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  END_BYTES,
  END_SIGNATURE,
  END64_BYTES,
  END64_SIGNATURE,
  EXTRA_ZIP64,
  FLAG_UTF8,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  LOCATOR64_BYTES,
  LOCATOR64_SIGNATURE,
  METHOD_DEFLATED,
  METHOD_STORED,
  SENTINEL16,
  SENTINEL32,
} from './format.ts';

/** What the headers of one written member say. */
export interface MemberHeader {
  readonly path: string;
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  readonly mode: number;
  readonly headerOffset: number;
  /** Sizes in a zip64 field. Decided before the data is written, because the field takes room in the header. */
  readonly wide: boolean;
}

/** Made by Unix, specification 2.0: what upstream's archives say. */
const MADE_BY = (3 << 8) | 20;
/** Version needed: 2.0 for deflate and folders, 4.5 for zip64 (APPNOTE 4.4.3). */
const VERSION_DEFAULT = 20;
const VERSION_ZIP64 = 45;
const S_IFREG = 0o100000;

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
  return LOCAL_BYTES + Buffer.byteLength(path) + (wide ? 20 : 0);
}

export function encodeLocalHeader(member: MemberHeader, { date, time }: DosTime): Buffer {
  const name = Buffer.from(member.path);
  const extra = member.wide ? zip64Field([member.size, member.packedSize]) : Buffer.alloc(0);
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  header.writeUInt16LE(member.wide ? VERSION_ZIP64 : VERSION_DEFAULT, 4);
  header.writeUInt16LE(flagsOf(name), 6);
  header.writeUInt16LE(member.method === 'stored' ? METHOD_STORED : METHOD_DEFLATED, 8);
  header.writeUInt16LE(time, 10);
  header.writeUInt16LE(date, 12);
  header.writeUInt32LE(member.crc32, 14);
  header.writeUInt32LE(member.wide ? SENTINEL32 : member.packedSize, 18);
  header.writeUInt32LE(member.wide ? SENTINEL32 : member.size, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

export function encodeCentralHeader(member: MemberHeader, { date, time }: DosTime): Buffer {
  const name = Buffer.from(member.path);
  const far = member.headerOffset >= SENTINEL32;
  const numbers = [...(member.wide ? [member.size, member.packedSize] : []), ...(far ? [member.headerOffset] : [])];
  const extra = numbers.length > 0 ? zip64Field(numbers) : Buffer.alloc(0);
  const header = Buffer.alloc(CENTRAL_BYTES);
  header.writeUInt32LE(CENTRAL_SIGNATURE, 0);
  header.writeUInt16LE(MADE_BY, 4);
  header.writeUInt16LE(numbers.length > 0 ? VERSION_ZIP64 : VERSION_DEFAULT, 6);
  header.writeUInt16LE(flagsOf(name), 8);
  header.writeUInt16LE(member.method === 'stored' ? METHOD_STORED : METHOD_DEFLATED, 10);
  header.writeUInt16LE(time, 12);
  header.writeUInt16LE(date, 14);
  header.writeUInt32LE(member.crc32, 16);
  header.writeUInt32LE(member.wide ? SENTINEL32 : member.packedSize, 20);
  header.writeUInt32LE(member.wide ? SENTINEL32 : member.size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((S_IFREG | member.mode) << 16) >>> 0, 38);
  header.writeUInt32LE(far ? SENTINEL32 : member.headerOffset, 42);
  return Buffer.concat([header, name, extra]);
}

/** The end record, with the zip64 records before it when a number does not fit. */
export function encodeEnd(entries: number, offset: number, size: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(Math.min(entries, SENTINEL16), 8);
  end.writeUInt16LE(Math.min(entries, SENTINEL16), 10);
  end.writeUInt32LE(Math.min(size, SENTINEL32), 12);
  end.writeUInt32LE(Math.min(offset, SENTINEL32), 16);
  if (entries < SENTINEL16 && size < SENTINEL32 && offset < SENTINEL32) return end;
  const record = Buffer.alloc(END64_BYTES);
  record.writeUInt32LE(END64_SIGNATURE, 0);
  record.writeBigUInt64LE(BigInt(END64_BYTES - 12), 4);
  record.writeUInt16LE((3 << 8) | VERSION_ZIP64, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(LOCATOR64_BYTES);
  locator.writeUInt32LE(LOCATOR64_SIGNATURE, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}

function flagsOf(name: Buffer): number {
  return name.some((byte) => byte > 0x7f) ? FLAG_UTF8 : 0;
}

function zip64Field(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + numbers.length * 8);
  field.writeUInt16LE(EXTRA_ZIP64, 0);
  field.writeUInt16LE(numbers.length * 8, 2);
  for (const [index, value] of numbers.entries()) field.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return field;
}
