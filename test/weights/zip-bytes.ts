import { crc32 } from 'node:zlib';

/** A stored ZIP in which every field may be wrong, to build archives that no writer writes. */
export interface BrokenMember {
  readonly name: string;
  readonly data: Uint8Array;
  /** In both headers. */
  readonly flags?: number;
  /** In the local header only. */
  readonly localName?: string;
  readonly crc?: number;
  /** What DEFLATE made of the data; without it the member is stored. */
  readonly packed?: Uint8Array;
}

export function buildZip(members: readonly BrokenMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, data, flags = 0, localName = name, crc = crc32(data), packed } of members) {
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(flags, 2);
    fixed.writeUInt32LE(crc, 10);
    fixed.writeUInt16LE(packed === undefined ? 0 : 8, 4);
    fixed.writeUInt32LE((packed ?? data).length, 14);
    fixed.writeUInt32LE(data.length, 18);
    const localFixed = Buffer.from(fixed);
    localFixed.writeUInt16LE(Buffer.byteLength(localName), 22);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), localFixed, Buffer.from(localName), packed ?? data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fixed, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
