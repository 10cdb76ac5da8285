import { type ByteSource, toBuffer } from '../../core/byte-source.ts';
import { quote } from '../../core/names/quote.ts';
import type { FindingLog } from '../structure/findings.ts';
import { type Add, checkExtra, type ExtraFields, readExtraFields } from './extra-fields.ts';
import {
  DESCRIPTOR,
  DESCRIPTOR_BYTES,
  DESCRIPTOR_SIGNATURE,
  DESCRIPTOR64,
  DESCRIPTOR64_BYTES,
  FLAG_DESCRIPTOR,
  LOCAL,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  type LocatedMember,
  SENTINEL32,
  type ZipMember,
} from './format.ts';

/** Reads the local header of a member and compares it with the central one; undefined if there is none. */
export async function readLocalHeader(
  source: ByteSource,
  member: ZipMember,
  limit: number,
  log: FindingLog,
): Promise<LocatedMember | undefined> {
  const { headerOffset, name } = member;
  const add: Add = (rule, message) =>
    log.add(rule, `${message} (${quote(name)}, local header at offset ${headerOffset}).`, { member: name });
  if (headerOffset + LOCAL_BYTES > limit) {
    add('archive/local-header', `A local header must be before the directory at ${limit}`);
    return undefined;
  }
  // One read gets the name and the rest, if the header is as the directory says.
  const likely = Math.min(LOCAL_BYTES + member.rawName.length, limit - headerOffset);
  const fixed = toBuffer(await source.read(headerOffset, likely));
  if (fixed.readUInt32LE(0) !== LOCAL_SIGNATURE) {
    add('archive/local-header', `No local header at the offset in the directory, but ${hex(fixed.readUInt32LE(0))}`);
    return undefined;
  }
  const nameBytes = fixed.readUInt16LE(LOCAL.nameBytes);
  const extraBytes = fixed.readUInt16LE(LOCAL.extraBytes);
  const dataOffset = headerOffset + LOCAL_BYTES + nameBytes + extraBytes;
  if (dataOffset > limit) {
    add(
      'archive/local-header',
      `A local header needs ${dataOffset - headerOffset} bytes, but only ${limit - headerOffset} are before the directory`,
    );
    return undefined;
  }
  const header =
    dataOffset - headerOffset <= fixed.length
      ? fixed
      : toBuffer(await source.read(headerOffset, dataOffset - headerOffset));
  compareFixed(header, header.toString('latin1', LOCAL_BYTES, LOCAL_BYTES + nameBytes), member, add);
  compareNumbers(header, readExtraFields(header, LOCAL_BYTES + nameBytes, extraBytes), member, add);
  // Not copied by spread, which V8 makes a slow object of a kilobyte: 60,000 of them take a second.
  return Object.assign(member, { dataOffset });
}

function compareFixed(fixed: Buffer, localName: string, member: ZipMember, add: Add): void {
  if (localName !== member.rawName)
    add('archive/local-mismatch', `The local header says ${quote(Buffer.from(localName, 'latin1').toString('utf8'))}`);
  const flags = fixed.readUInt16LE(LOCAL.flags);
  if (flags !== member.flags)
    add(
      'archive/local-mismatch',
      `Flags are 0x${flags.toString(16)} here and 0x${member.flags.toString(16)} in the directory`,
    );
  const method = fixed.readUInt16LE(LOCAL.method);
  if (method !== member.methodCode)
    add('archive/local-mismatch', `The method is ${method} here and ${member.methodCode} in the directory`);
}

function compareNumbers(fixed: Buffer, extra: ExtraFields, member: ZipMember, add: Add): void {
  checkExtra(extra, member.rawName, 'local', add);
  const crc = fixed.readUInt32LE(LOCAL.crc32);
  const narrow = { packedSize: fixed.readUInt32LE(LOCAL.packedSize), size: fixed.readUInt32LE(LOCAL.size) };
  const isWide = narrow.packedSize === SENTINEL32 || narrow.size === SENTINEL32;
  // After 4 GiB torch's writer adds the offset of the header: 24 bytes, of which the first 16 are the sizes.
  const zip64 = extra.zip64?.length === 16 || extra.zip64?.length === 24 ? extra.zip64 : undefined;
  if (isWide && zip64 === undefined) {
    add(
      'archive/zip64',
      `A local header refers to a zip64 field of 16 bytes, which has ${extra.zip64?.length ?? 'none'}`,
    );
    return;
  }
  if (isWide && zip64?.length === 24 && zip64.readBigUInt64LE(16) !== BigInt(member.headerOffset))
    add('archive/zip64', `The zip64 field says ${zip64.readBigUInt64LE(16)}, the header is at ${member.headerOffset}`);
  const wide =
    zip64 !== undefined ? { size: zip64.readBigUInt64LE(0), packedSize: zip64.readBigUInt64LE(8) } : undefined;
  const streamed = hasDescriptor(member);
  const agrees = (value: number | bigint, expected: number) =>
    value === expected || BigInt(value) === BigInt(expected) || (streamed && BigInt(value) === 0n);
  for (const key of ['size', 'packedSize'] as const) {
    const value = narrow[key] === SENTINEL32 && wide ? wide[key] : narrow[key];
    if (!agrees(value, member[key]))
      add('archive/local-mismatch', `${key} is ${value} here and ${member[key]} in the directory`);
    else if (wide && !agrees(wide[key], member[key]))
      add('archive/zip64', `${key} is ${wide[key]} in the zip64 field and ${member[key]} in the directory`);
  }
  if (!agrees(crc, member.crc32))
    add('archive/local-mismatch', `CRC-32 is ${hex(crc)} here and ${hex(member.crc32)} in the directory`);
}

export const hasDescriptor = ({ flags }: ZipMember): boolean => (flags & FLAG_DESCRIPTOR) !== 0;

export const endOfData = ({ dataOffset, packedSize }: LocatedMember): number => dataOffset + packedSize;

/**
 * Checks the descriptor after a streamed member and returns the end of the member. `next` is the offset of the next
 * header or of the directory: it decides between the 32-bit and the 64-bit form, which the descriptor itself does not.
 */
export async function readDescriptor(
  source: ByteSource,
  member: LocatedMember,
  next: number,
  log: FindingLog,
): Promise<number> {
  const start = endOfData(member);
  const add: Add = (rule, message) =>
    log.add(rule, `${message} (${quote(member.name)}, descriptor at offset ${start}).`, { member: member.name });
  if (member.method === 'stored') {
    add('archive/descriptor-stored', 'A stored member has a data descriptor: a streaming reader cannot find its end');
  }
  const length = next - start;
  if (length !== DESCRIPTOR_BYTES && length !== DESCRIPTOR64_BYTES) {
    add(
      'archive/descriptor',
      `${length} bytes are between the data and the next header; a signed descriptor has ${DESCRIPTOR_BYTES} or ${DESCRIPTOR64_BYTES}`,
    );
    return next;
  }
  const bytes = toBuffer(await source.read(start, length));
  const [packedSize, size] =
    length === DESCRIPTOR_BYTES
      ? [BigInt(bytes.readUInt32LE(DESCRIPTOR.packedSize)), BigInt(bytes.readUInt32LE(DESCRIPTOR.size))]
      : [bytes.readBigUInt64LE(DESCRIPTOR64.packedSize), bytes.readBigUInt64LE(DESCRIPTOR64.size)];
  if (bytes.readUInt32LE(0) !== DESCRIPTOR_SIGNATURE)
    add('archive/descriptor', `No signature, but ${hex(bytes.readUInt32LE(0))}`);
  else if (
    bytes.readUInt32LE(DESCRIPTOR.crc32) !== member.crc32 ||
    packedSize !== BigInt(member.packedSize) ||
    size !== BigInt(member.size)
  ) {
    const seen = `CRC-32 ${hex(bytes.readUInt32LE(DESCRIPTOR.crc32))}, ${packedSize} bytes packed, ${size} unpacked`;
    add(
      'archive/descriptor',
      `It says ${seen}; the directory ${hex(member.crc32)}, ${member.packedSize}, ${member.size}`,
    );
  } else if (length === DESCRIPTOR64_BYTES && member.size < SENTINEL32 && member.packedSize < SENTINEL32) {
    add('archive/zip64-small', `A member of ${member.size} bytes has a 64-bit data descriptor`);
  }
  return next;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
