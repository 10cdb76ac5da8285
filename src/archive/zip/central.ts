import { isUtf8 } from 'node:buffer';
import { type ByteSource, toBuffer } from '../../core/byte-source.ts';
import type { Limits } from '../../core/limits.ts';
import { quote } from '../../core/names/quote.ts';
import type { FindingLog } from '../structure/findings.ts';
import { type Add, checkExtra, readExtraFields, widen } from './extra-fields.ts';
import {
  CENTRAL,
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  type CentralPlace,
  DEFLATE_MAX_RATIO,
  DOS_FOLDER,
  DOS_SPECIAL,
  FLAG_UTF8,
  FLAGS_ENCRYPTION,
  FLAGS_KNOWN,
  METHOD_DEFLATED,
  METHOD_STORED,
  S_IFDIR,
  S_IFMT,
  S_IFREG,
  type ZipMember,
} from './format.ts';

/** The directory is read at once; 65,535 members with names of 1 kB each stay below this many bytes. */
const MAX_CENTRAL_BYTES = 80 * 1024 ** 2;
/** Members up to this size may have any ratio: they are harmless. */
const RATIO_FREE_BYTES = 1024 ** 2;

/** The members that the central directory lists, in its order; undefined if it cannot be followed. */
export async function readCentral(
  source: ByteSource,
  place: CentralPlace,
  limits: Limits,
  log: FindingLog,
): Promise<ZipMember[] | undefined> {
  const at = { offset: place.offset };
  if (place.entries > limits.entries) {
    log.add(
      'archive/entries',
      `The archive has ${place.entries} members, more than the limit of ${limits.entries}.`,
      at,
    );
    return undefined;
  }
  if (place.size > MAX_CENTRAL_BYTES) {
    log.add(
      'archive/central-bounds',
      `The directory has ${place.size} bytes, more than the limit of ${MAX_CENTRAL_BYTES}.`,
      at,
    );
    return undefined;
  }
  // Checked before any allocation by the count: the headers must fit.
  if (place.entries * CENTRAL_BYTES > place.size) {
    log.add(
      'archive/central-count',
      `The end record says ${place.entries} members, but its directory of ${place.size} bytes cannot hold them.`,
      at,
    );
    return undefined;
  }
  const bytes = toBuffer(await source.read(place.offset, place.size));
  return parseCentral(bytes, place, limits, log);
}

function parseCentral(bytes: Buffer, place: CentralPlace, limits: Limits, log: FindingLog): ZipMember[] | undefined {
  const members: ZipMember[] = [];
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    const offset = place.offset + at;
    const left = bytes.length - at;
    if (left < CENTRAL_BYTES || bytes.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
      log.add(
        'archive/central-header',
        `No central header at offset ${offset}, where member ${count + 1} of ${place.entries} is expected.`,
        { offset },
      );
      return undefined;
    }
    const length =
      CENTRAL_BYTES +
      bytes.readUInt16LE(at + CENTRAL.nameBytes) +
      bytes.readUInt16LE(at + CENTRAL.extraBytes) +
      bytes.readUInt16LE(at + CENTRAL.commentBytes);
    if (length > left) {
      log.add(
        'archive/central-header',
        `The central header at offset ${offset} needs ${length} bytes, ${left} are left.`,
        { offset },
      );
      return undefined;
    }
    const member = parseMember(bytes, at, offset, limits, log);
    if (member) members.push(member);
    at += length;
  }
  if (count !== place.entries) {
    const message = `The directory holds ${count} members, the end record says ${place.entries}.`;
    log.add('archive/central-count', message, { offset: place.offset });
    return undefined;
  }
  return members;
}

/** One central header; its problems are logged, and it is returned if the walk can continue after it. */
function parseMember(
  bytes: Buffer,
  at: number,
  offset: number,
  limits: Limits,
  log: FindingLog,
): ZipMember | undefined {
  const nameEnd = at + CENTRAL_BYTES + bytes.readUInt16LE(at + CENTRAL.nameBytes);
  const rawName = bytes.toString('latin1', at + CENTRAL_BYTES, nameEnd);
  const extra = readExtraFields(bytes, nameEnd, bytes.readUInt16LE(at + CENTRAL.extraBytes));
  const flags = bytes.readUInt16LE(at + CENTRAL.flags);
  const methodCode = bytes.readUInt16LE(at + CENTRAL.method);
  const fullName = checkEncoding(rawName, flags, offset, log);
  const add: Add = (rule, message) =>
    log.add(rule, `${message} (${quote(fullName)}, central header at offset ${offset}).`, { member: fullName });
  checkForm(methodCode, bytes.readUInt16LE(at + CENTRAL.disk), flags, add);
  checkExtra(extra, rawName, 'central', add);
  const numbers = widen(
    {
      size: bytes.readUInt32LE(at + CENTRAL.size),
      packedSize: bytes.readUInt32LE(at + CENTRAL.packedSize),
      headerOffset: bytes.readUInt32LE(at + CENTRAL.headerOffset),
    },
    extra.zip64,
  );
  if (typeof numbers === 'string') {
    add('archive/zip64', `In a central header ${numbers}`);
    return undefined;
  }
  const method = methodCode === METHOD_DEFLATED ? 'deflated' : 'stored';
  const isFolder = fullName.endsWith('/');
  const external = bytes.readUInt32LE(at + CENTRAL.attributes);
  const name = isFolder ? fullName.slice(0, -1) : fullName;
  const member: ZipMember = {
    size: numbers.size,
    packedSize: numbers.packedSize,
    headerOffset: numbers.headerOffset,
    name,
    rawName,
    isFolder,
    method,
    methodCode,
    flags,
    crc32: bytes.readUInt32LE(at + CENTRAL.crc32),
    mode: external >>> 16,
    attributes: external & 0xffff,
    offset,
  };
  checkSizes(member, limits, add);
  checkType(member, add);
  return member;
}

const BEYOND_ASCII = /[^\u0000-\u007f]/;

/**
 * Without flag bit 11 Java reads a name as UTF-8 and Python as code page 437: they see two names. Info-ZIP on Unix
 * omits the flag.
 */
function checkEncoding(rawName: string, flags: number, offset: number, log: FindingLog): string {
  if (!BEYOND_ASCII.test(rawName)) return rawName;
  const bytes = Buffer.from(rawName, 'latin1');
  const name = bytes.toString('utf8');
  if (!isUtf8(bytes)) {
    log.add('archive/name-encoding', `The name ${quote(rawName)} at offset ${offset} is not UTF-8.`, { offset });
  } else if (!(flags & FLAG_UTF8)) {
    log.add(
      'archive/name-encoding',
      `The name ${quote(name)} at offset ${offset} is not ASCII and is not flagged as UTF-8 (bit 11).`,
      { offset },
    );
  }
  return name;
}

function checkForm(method: number, disk: number, flags: number, add: Add): void {
  const shown = `0x${flags.toString(16).padStart(4, '0')}`;
  if (flags & FLAGS_ENCRYPTION) add('archive/encryption', `A member is encrypted, flags ${shown}`);
  else if (flags & ~FLAGS_KNOWN) add('archive/flags', `Flags ${shown} have bits other than 1, 2, 3 and 11`);
  if (method !== METHOD_STORED && method !== METHOD_DEFLATED)
    add('archive/method', `Compression method ${method}; expected 0 (stored) or 8 (deflated)`);
  if (disk !== 0) add('archive/multi-disk', `A member starts on disk ${disk}; expected 0`);
}

function checkSizes(member: ZipMember, limits: Limits, add: Add): void {
  const { size, packedSize, method, methodCode } = member;
  // Of a method that is refused nothing is known.
  if (methodCode !== METHOD_STORED && methodCode !== METHOD_DEFLATED) return;
  if (method === 'stored') {
    if (size !== packedSize)
      add('archive/stored-size', `A stored member has ${packedSize} bytes in the archive and ${size} unpacked`);
  } else if (size > packedSize * DEFLATE_MAX_RATIO) {
    add('archive/ratio', `${size} bytes from ${packedSize} are more than DEFLATE can expand to (1,032 times)`);
  } else if (size > RATIO_FREE_BYTES && size > packedSize * limits.ratio) {
    add('archive/ratio', `${size} bytes from ${packedSize} expand more than the limit of ${limits.ratio} times`);
  }
}

const SETUID_SETGID_STICKY = 0o7000;

function checkType(member: ZipMember, add: Add): void {
  const type = member.mode & S_IFMT;
  const octal = member.mode.toString(8);
  if (type !== 0 && type !== S_IFDIR && type !== S_IFREG)
    add('archive/special-file', `Mode ${octal} is neither a file nor a folder`);
  else if (type !== 0 && (type === S_IFDIR) !== member.isFolder) {
    add(
      'archive/special-file',
      `Mode ${octal} is a ${type === S_IFDIR ? 'folder' : 'file'}, but the name is that of a ${member.isFolder ? 'folder' : 'file'}`,
    );
  }
  if (member.attributes & DOS_FOLDER && !member.isFolder)
    add(
      'archive/special-file',
      `MS-DOS attributes ${hex(member.attributes)} are those of a folder, but the name is that of a file`,
    );
  if (member.attributes & DOS_SPECIAL) {
    const message = `MS-DOS attributes ${hex(member.attributes)} are those of a volume label, a device or a link`;
    add('archive/special-file', message);
  }
  if (member.isFolder && (member.size > 0 || (member.method === 'stored' && member.packedSize > 0))) {
    add('archive/folder-data', `A folder has ${member.size} bytes of content`);
  }
  if (member.mode & SETUID_SETGID_STICKY) add('archive/setuid', `Mode ${octal} has setuid, setgid or sticky`);
}

function hex(attributes: number): string {
  return `0x${attributes.toString(16).padStart(2, '0')}`;
}
