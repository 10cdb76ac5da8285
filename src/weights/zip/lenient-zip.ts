import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { quote } from '../reading/problem.ts';

/**
 * A ZIP as torch sees it: torch follows the central directory, and ignores flags, checksums and the names in local
 * headers. A scanner that refuses such a file says nothing about what torch would load, so this reader goes on like torch
 * and lists every contradiction. The archive itself is another matter: `archive` refuses it outright.
 */
export interface LenientZip {
  readonly members: readonly LenientMember[];
  /** Contradictions, as messages; no version of torch writes one. */
  readonly contradictions: readonly string[];
  /** Bytes that stand before it, or inside where nobody looks. */
  readonly shift: number;
}

export interface LenientMember {
  readonly name: string;
  readonly method: number;
  /** Bytes of the member itself. */
  readonly size: number;
  readonly packedSize: number;
  readonly crc32: number;
  /** Offset of its compressed bytes. */
  readonly offset: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR64_SIGNATURE = 0x07064b50;
const LOCATOR64_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
/** The largest checkpoint seen has 3,000 members; their directory had 300 kB. */
const MAX_CENTRAL_BYTES = 64 * 1024 ** 2;
/**
 * Encrypted, patched data, strong encryption, masked headers (APPNOTE 4.4.4): no weights file sets them, and torch
 * ignores them.
 */
const FORBIDDEN_FLAGS = 0x0001 | 0x0020 | 0x0040 | 0x2000;
/** Sizes follow the data: the local header may lack them. */
const FLAG_DESCRIPTOR = 0x0008;
const MAX_CONTRADICTIONS = 50;

interface CentralEntry extends Omit<LenientMember, 'offset'> {
  readonly flags: number;
  readonly headerOffset: number;
}

export async function readLenientZip(source: ByteSource): Promise<LenientZip> {
  const contradictions: string[] = [];
  const note = (text: string) => {
    if (contradictions.length < MAX_CONTRADICTIONS) contradictions.push(text);
  };
  const directory = await findDirectory(source, note);
  const entries = readEntries(directory.bytes, directory.shift, note);
  noteDuplicates(entries, note);
  const members: LenientMember[] = [];
  for (const entry of entries) {
    try {
      members.push(await locate(source, entry, note));
    } catch (error) {
      // A member with an invalid offset does not hide the others.
      if (!(error instanceof Malformed)) throw error;
      note(error.message);
    }
  }
  return { members, contradictions, shift: directory.shift };
}

/** The bytes of the central directory, and the shift of all offsets by bytes before the archive. */
async function findDirectory(
  source: ByteSource,
  note: (text: string) => void,
): Promise<{ bytes: Buffer; shift: number }> {
  const tailStart = Math.max(0, source.size - END_BYTES - MAX_COMMENT);
  const tail = Buffer.from(await source.read(tailStart, source.size - tailStart));
  const at = tail.lastIndexOf(Buffer.from('504b0506', 'hex'), Math.max(0, tail.length - END_BYTES));
  if (at < 0 || tail.readUInt32LE(at) !== END_SIGNATURE) throw new Malformed('the ZIP has no end record', source.size);
  if (at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) note('bytes follow the end of the ZIP');
  let size = tail.readUInt32LE(at + 12);
  let offset = tail.readUInt32LE(at + 16);
  let end = tailStart + at;
  const wide = await readEnd64(source, end, note);
  if (wide) {
    if ((size !== 0xffffffff && size !== wide.size) || (offset !== 0xffffffff && offset !== wide.offset))
      note('the two end records name different directories');
    ({ size, offset, end } = wide);
  }
  const shift = end - size - offset;
  if (size > MAX_CENTRAL_BYTES || size > end || end - size < 0)
    throw new Malformed(`the ZIP's directory of ${size} bytes does not fit`, end);
  if (shift !== 0) note(`${shift} bytes are before the ZIP or inside it`);
  return { bytes: Buffer.from(await source.read(end - size, size)), shift };
}

const END64_SIGNATURE = 0x06064b50;

async function readEnd64(
  source: ByteSource,
  end: number,
  note: (text: string) => void,
): Promise<{ size: number; offset: number; end: number } | undefined> {
  if (end < LOCATOR64_BYTES + END64_BYTES) return undefined;
  const locator = Buffer.from(await source.read(end - LOCATOR64_BYTES, LOCATOR64_BYTES));
  if (locator.readUInt32LE(0) !== LOCATOR64_SIGNATURE) return undefined;
  const named = Number(locator.readBigUInt64LE(8));
  const adjacent = end - LOCATOR64_BYTES - END64_BYTES;
  // Python uses the record right before the locator, wherever the locator points; torch uses the 32-bit record.
  if (named !== adjacent) note('the zip64 locator does not point at the record before it');
  const at = (await isEnd64(source, named, end)) ? named : adjacent;
  if (!(await isEnd64(source, at, end))) {
    note('the zip64 locator points at no zip64 record');
    return undefined;
  }
  const record = Buffer.from(await source.read(at, END64_BYTES));
  return { size: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)), end: at };
}

async function isEnd64(source: ByteSource, at: number, end: number): Promise<boolean> {
  if (at + END64_BYTES > end) return false;
  return Buffer.from(await source.read(at, 4)).readUInt32LE(0) === END64_SIGNATURE;
}

function readEntries(bytes: Buffer, shift: number, note: (text: string) => void): CentralEntry[] {
  const entries: CentralEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_SIGNATURE)
      throw new Malformed("the ZIP's directory is broken", at);
    const nameEnd = at + CENTRAL_BYTES + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    if (extraEnd > bytes.length) throw new Malformed("the ZIP's directory is truncated", at);
    if (countWideFields(bytes.subarray(nameEnd, extraEnd)) > 1)
      note(`member ${quote(bytes.toString('utf8', at + CENTRAL_BYTES, nameEnd))} has two zip64 fields`);
    const [size, packedSize, headerOffset] = widen(bytes.subarray(nameEnd, extraEnd), [
      bytes.readUInt32LE(at + 24),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ]);
    entries.push({
      name: bytes.toString('utf8', at + CENTRAL_BYTES, nameEnd),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      crc32: bytes.readUInt32LE(at + 16),
      size,
      packedSize,
      headerOffset: headerOffset + shift,
    });
    at = extraEnd + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

function countWideFields(extra: Buffer): number {
  let count = 0;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 1) count++;
  return count;
}

/** Values of 0xffffffff are in the zip64 extra field, in this order (APPNOTE 4.5.3). */
function widen(extra: Buffer, values: readonly [number, number, number]): [number, number, number] {
  let field: Buffer = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  let next = 0;
  const wide = values.map((value) => {
    if (value !== 0xffffffff || next + 8 > field.length) return value;
    next += 8;
    return Number(field.readBigUInt64LE(next - 8));
  });
  return [wide[0] ?? 0, wide[1] ?? 0, wide[2] ?? 0];
}

function noteDuplicates(entries: readonly CentralEntry[], note: (text: string) => void): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) note(`two members are named ${JSON.stringify(name)}`);
    seen.add(name);
  }
}

/** Follows an entry to its data by the local header, of which torch uses only the lengths. */
async function locate(source: ByteSource, entry: CentralEntry, note: (text: string) => void): Promise<LenientMember> {
  const { flags, headerOffset, ...member } = entry;
  const label = JSON.stringify(entry.name);
  if (headerOffset < 0 || headerOffset + LOCAL_BYTES > source.size)
    throw new Malformed(`member ${label} is outside the file`, 0);
  const nameBytes = Buffer.byteLength(entry.name);
  const header = Buffer.from(
    await source.read(headerOffset, Math.min(LOCAL_BYTES + nameBytes, source.size - headerOffset)),
  );
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE)
    throw new Malformed(`member ${label} has no local header`, headerOffset);
  const offset = headerOffset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (offset + member.packedSize > source.size)
    throw new Malformed(`member ${label} ends after the file`, headerOffset);
  const localFlags = header.readUInt16LE(6);
  if ((flags | localFlags) & FORBIDDEN_FLAGS)
    note(`member ${label} has flags (0x${(flags | localFlags).toString(16)}) that say it is encrypted or patched`);
  else if (flags !== localFlags) note(`member ${label} has other flags in its local header`);
  if (header.readUInt16LE(26) !== nameBytes || header.toString('utf8', LOCAL_BYTES) !== entry.name)
    note(`member ${label} has another name in its local header`);
  if (header.readUInt16LE(8) !== member.method) note(`member ${label} has another method in its local header`);
  if (!(localFlags & FLAG_DESCRIPTOR) && !sizesAgree(header, member))
    note(`member ${label} has other sizes or another checksum in its local header`);
  return { ...member, offset };
}

function sizesAgree(header: Buffer, { crc32: crc, size, packedSize }: Omit<LenientMember, 'offset'>): boolean {
  const same = (found: number, wanted: number) => found === 0xffffffff || found === wanted;
  return (
    header.readUInt32LE(14) === crc && same(header.readUInt32LE(18), packedSize) && same(header.readUInt32LE(22), size)
  );
}
