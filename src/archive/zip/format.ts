/**
 * Constants of the ZIP format, APPNOTE.TXT 6.3.10 (section numbers in the comments). All numbers are little endian.
 */
export const LOCAL_SIGNATURE = 0x04034b50; // 4.3.7
export const CENTRAL_SIGNATURE = 0x02014b50; // 4.3.12
export const END_SIGNATURE = 0x06054b50; // 4.3.16
export const END64_SIGNATURE = 0x06064b50; // 4.3.14
export const LOCATOR64_SIGNATURE = 0x07064b50; // 4.3.15
export const DESCRIPTOR_SIGNATURE = 0x08074b50; // 4.3.9.3

/** Bytes of each record without its variable part. */
export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;
export const END64_BYTES = 56;
export const LOCATOR64_BYTES = 20;

/** Offset of each field in its record, with the record's own names. */
export const LOCAL = {
  version: 4,
  flags: 6,
  method: 8,
  time: 10,
  date: 12,
  crc32: 14,
  packedSize: 18,
  size: 22,
  nameBytes: 26,
  extraBytes: 28,
} as const; // 4.3.7
export const CENTRAL = {
  madeBy: 4,
  version: 6,
  flags: 8,
  method: 10,
  time: 12,
  date: 14,
  crc32: 16,
  packedSize: 20,
  size: 24,
  nameBytes: 28,
  extraBytes: 30,
  commentBytes: 32,
  disk: 34,
  attributes: 38,
  headerOffset: 42,
} as const; // 4.3.12
export const END = {
  disk: 4,
  centralDisk: 6,
  entriesHere: 8,
  entries: 10,
  size: 12,
  offset: 16,
  commentBytes: 20,
} as const; // 4.3.16
export const END64 = {
  bodyBytes: 4,
  madeBy: 12,
  version: 14,
  disk: 16,
  centralDisk: 20,
  entriesHere: 24,
  entries: 32,
  size: 40,
  offset: 48,
} as const; // 4.3.14
/** The length in a zip64 end record leaves out its signature and itself. */
export const END64_BODY_BYTES = END64_BYTES - 12;
export const LOCATOR64 = { disk: 4, offset: 8, disks: 16 } as const; // 4.3.15
export const DESCRIPTOR = { crc32: 4, packedSize: 8, size: 12 } as const; // 4.3.9
export const DESCRIPTOR64 = { crc32: 4, packedSize: 8, size: 16 } as const;
export const DESCRIPTOR_BYTES = 16;
export const DESCRIPTOR64_BYTES = 24;

/** A 16- or 32-bit field of all ones says "see the zip64 record" (4.4.1.4). */
export const SENTINEL16 = 0xffff;
export const SENTINEL32 = 0xffffffff;

/** General purpose flags (4.4.4). */
export const FLAG_DESCRIPTOR = 0x0008;
export const FLAG_UTF8 = 0x0800;
/** Encrypted, strong encryption, masked headers. */
export const FLAGS_ENCRYPTION = 0x0001 | 0x0040 | 0x2000;
/** Deflate level (bits 1 and 2), descriptor, UTF-8: all that has a use here. */
export const FLAGS_KNOWN = 0x0006 | FLAG_DESCRIPTOR | FLAG_UTF8;

export const METHOD_STORED = 0;
export const METHOD_DEFLATED = 8;

/** Extra fields (4.5): each starts with an id and the length of its body. */
export const EXTRA = { id: 0, bodyBytes: 2 } as const;
export const EXTRA_HEADER_BYTES = 4;
export const EXTRA_ZIP64 = 0x0001;
export const EXTRA_UNICODE_PATH = 0x7075;

/** PKWARE's Unix field: times and owner in 12 bytes, then the target of a link (4.5.7). */
export const EXTRA_PKWARE_UNIX = 0x000d;
export const PKWARE_UNIX_BYTES = 12;
/** ASi's Unix field: checksum, mode, size or device, owner in 14 bytes, then the target of a link (4.6.8). */
export const EXTRA_ASI_UNIX = 0x756e;
export const ASI_UNIX_BYTES = 14;

/** MS-DOS attributes in the low bits of the external ones: volume label, folder, device, reparse point (a link). */
export const DOS_FOLDER = 0x10;
export const DOS_SPECIAL = 0x08 | 0x40 | 0x400;

/** The upper half of the external attributes holds a Unix mode (<sys/stat.h>). */
export const S_IFMT = 0xf000;
export const S_IFDIR = 0x4000;
export const S_IFREG = 0x8000;

/** DEFLATE's best case: a match of 258 bytes from two bits. A header that claims more is wrong. */
export const DEFLATE_MAX_RATIO = 1032;

/** One member as in the central directory; every number is checked to be a safe integer. */
export interface ZipMember {
  /** Without a folder's final slash. */
  readonly name: string;
  /** The bytes of the name, one a character (Latin-1): a buffer for each of 60,000 members costs seconds of garbage collection. */
  readonly rawName: string;
  readonly isFolder: boolean;
  readonly method: 'stored' | 'deflated';
  /** As written; other than `method` only if it is refused. */
  readonly methodCode: number;
  readonly flags: number;
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Unix mode bits, 0 when the writer gave none. */
  readonly mode: number;
  /** MS-DOS attributes: the lower half of the external ones. */
  readonly attributes: number;
  /** Of its local header. */
  readonly headerOffset: number;
  /** Of its central header. */
  readonly offset: number;
}

/** A member whose local header agrees. */
export interface LocatedMember extends ZipMember {
  readonly dataOffset: number;
}

export interface CentralPlace {
  readonly offset: number;
  readonly size: number;
  readonly entries: number;
}
