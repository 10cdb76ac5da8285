import { crc32, deflateRawSync } from 'node:zlib';

/** One member of a ZIP built byte by byte; what is given replaces what would be right. */
export interface RawMember {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  readonly deflate?: boolean;
  /** A data descriptor of 16 or 24 bytes behind the data; sizes and CRC in the local header are then zero. */
  readonly descriptor?: 16 | 24;
  readonly localExtra?: Buffer;
  readonly centralExtra?: Buffer;
  /** Upper half of the external attributes. */
  readonly mode?: number;
  /** Fields overwritten at the end: offset in the fixed part → 16- or 32-bit value. */
  readonly patchLocal?: Readonly<Record<number, number>>;
  readonly patchCentral?: Readonly<Record<number, number>>;
}

function record(size: number, signature: number, fields: Readonly<Record<number, number>>, isCentral: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(signature, 0);
  for (const [key, value] of Object.entries(fields)) {
    const at = Number(key);
    const wide = isCentral ? [16, 20, 24, 38, 42].includes(at) : [14, 18, 22].includes(at);
    if (wide) bytes.writeUInt32LE(value >>> 0, at);
    else bytes.writeUInt16LE(value, at);
  }
  return bytes;
}

/** A ZIP of exactly these members, sound unless the members say otherwise. */
export function makeZip(members: readonly RawMember[], end: { entries?: number; comment?: string } = {}): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const put = (list: Buffer[], ...parts: Buffer[]) => {
    list.push(...parts);
    return parts.reduce((sum, { length }) => sum + length, 0);
  };
  for (const member of members) {
    const name = Buffer.from(member.name);
    const content = Buffer.from(member.content ?? '');
    const data = member.deflate ? deflateRawSync(content) : content;
    const { localExtra = Buffer.alloc(0), centralExtra = Buffer.alloc(0), descriptor } = member;
    const flags = (name.some((byte) => byte > 0x7f) ? 0x800 : 0) | (descriptor ? 8 : 0);
    const sum = crc32(content);
    const shared = { flags, method: member.deflate ? 8 : 0, date: 0x21 };
    const central = {
      4: 0x0314,
      6: 20,
      8: shared.flags,
      10: shared.method,
      14: shared.date,
      16: sum,
      20: data.length,
      24: content.length,
      28: name.length,
    };
    directory.push(
      record(
        46,
        0x02014b50,
        {
          ...central,
          30: centralExtra.length,
          38: ((member.mode ?? 0o100644) << 16) >>> 0,
          42: offset,
          ...member.patchCentral,
        },
        true,
      ),
      name,
      centralExtra,
    );
    const [localSum, packed, size] = descriptor ? [0, 0, 0] : [sum, data.length, content.length];
    const local = {
      4: 20,
      6: shared.flags,
      8: shared.method,
      12: shared.date,
      14: localSum,
      18: packed,
      22: size,
      26: name.length,
    };
    const header = record(30, 0x04034b50, { ...local, 28: localExtra.length, ...member.patchLocal }, false);
    offset += put(
      body,
      header,
      name,
      localExtra,
      data,
      ...(descriptor ? [makeDescriptor(descriptor, sum, data.length, content.length)] : []),
    );
  }
  const central = Buffer.concat(directory);
  const entries = end.entries ?? members.length;
  const comment = Buffer.from(end.comment ?? '');
  const tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50, 0);
  tail.writeUInt16LE(entries, 8);
  tail.writeUInt16LE(entries, 10);
  tail.writeUInt32LE(central.length, 12);
  tail.writeUInt32LE(offset, 16);
  tail.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...body, central, tail, comment]);
}

function makeDescriptor(length: 16 | 24, sum: number, packed: number, size: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(sum, 4);
  if (length === 16) {
    bytes.writeUInt32LE(packed, 8);
    bytes.writeUInt32LE(size, 12);
  } else {
    bytes.writeBigUInt64LE(BigInt(packed), 8);
    bytes.writeBigUInt64LE(BigInt(size), 16);
  }
  return bytes;
}

/** A zip64 extra field of these numbers. */
export function zip64Extra(...numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + numbers.length * 8);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(numbers.length * 8, 2);
  for (const [index, value] of numbers.entries()) field.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return field;
}
