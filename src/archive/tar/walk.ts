import { isUtf8 } from 'node:buffer';
import type { Limits } from '../../core/limits.ts';
import { quote } from '../../core/names/quote.ts';
import type { FindingLog } from '../structure/findings.ts';
import type { BlockReader } from './block-reader.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from './header.ts';
import { type PaxRecords, parsePax } from './pax.ts';

export interface TarMember {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
  readonly mode: number;
  /** Of its header, in the inflated tar. */
  readonly offset: number;
  readonly dataOffset: number;
}

/** Extended headers and long names of real tools have a few hundred bytes. */
const MAX_EXTENDED_BYTES = 64 * 1024;

/** What a header before a member changes about it. */
interface Pending {
  readonly pax?: PaxRecords;
  readonly longName?: Buffer;
}

/** Walks a tar from its first to its last byte; undefined if that fails. */
export async function walkTar(reader: BlockReader, limits: Limits, log: FindingLog): Promise<TarMember[] | undefined> {
  const members: TarMember[] = [];
  let pending: Pending = {};
  for (;;) {
    const offset = reader.position;
    const block = await reader.take(BLOCK_BYTES);
    if (block.length < BLOCK_BYTES) {
      log.add('archive/tar-truncated', `The tar ends at byte ${reader.position}, without its end blocks.`, { offset });
      return undefined;
    }
    if (block.every((byte) => byte === 0)) return (await checkEnd(reader, offset, pending, log)) ? members : undefined;
    const header = parseTarHeader(block);
    if (typeof header === 'string') {
      log.add('archive/tar-header', `The header at offset ${offset} cannot be read: ${header}.`, { offset });
      return undefined;
    }
    if (members.length >= limits.entries) {
      log.add('archive/entries', `The tar has more than ${limits.entries} members, the limit.`, { offset });
      return undefined;
    }
    const next = 'xgLK'.includes(header.type)
      ? await readExtended(reader, header, offset, pending, log)
      : toMember(header, pending, offset, log);
    if (next === undefined) return undefined;
    if ('dataOffset' in next) {
      members.push(next);
      if (!(await skipData(reader, next, log))) return undefined;
    }
    pending = 'dataOffset' in next ? {} : next;
  }
}

/** Two empty blocks end a tar; writers pad with more, and nothing else may follow. */
async function checkEnd(reader: BlockReader, offset: number, pending: Pending, log: FindingLog): Promise<boolean> {
  const second = await reader.take(BLOCK_BYTES);
  const hidden = second.some((byte) => byte !== 0) ? offset + BLOCK_BYTES : await reader.findNonZero();
  if (hidden !== undefined)
    log.add('archive/tar-hidden', `Bytes at offset ${hidden} follow the end of the tar at ${offset}.`, {
      offset: hidden,
    });
  else if (second.length < BLOCK_BYTES)
    log.add('archive/tar-truncated', `The tar ends at byte ${reader.position}, inside its end blocks.`, { offset });
  else if (pending.pax || pending.longName)
    log.add('archive/pax', 'An extended header at the end of the tar belongs to no member.', { offset });
  return hidden === undefined;
}

async function skipData(reader: BlockReader, member: TarMember, log: FindingLog): Promise<boolean> {
  const padded = Math.ceil(member.size / BLOCK_BYTES) * BLOCK_BYTES;
  if ((await reader.skip(padded)) === padded) return true;
  log.add(
    'archive/tar-truncated',
    `${quote(member.name)} needs ${padded} bytes at offset ${member.dataOffset}; the tar ends at ${reader.position}.`,
    { member: member.name },
  );
  return false;
}

/** PAX headers (x, g) and GNU long names (L, K). Readers differ on how they combine, so a member has at most one. */
async function readExtended(
  reader: BlockReader,
  header: TarHeader,
  offset: number,
  pending: Pending,
  log: FindingLog,
): Promise<Pending | undefined> {
  const fail = (message: string) => {
    log.add('archive/pax', `The extended header at offset ${offset} is refused: ${message}.`, { offset });
    return undefined;
  };
  if (header.size > MAX_EXTENDED_BYTES) return fail(`it has ${header.size} bytes, more than ${MAX_EXTENDED_BYTES}`);
  if (pending.pax || pending.longName) return fail('it follows another one');
  const padded = Math.ceil(header.size / BLOCK_BYTES) * BLOCK_BYTES;
  const body = await reader.take(padded);
  if (body.length < padded) {
    log.add('archive/tar-truncated', `The tar ends at byte ${reader.position}, inside an extended header.`, { offset });
    return undefined;
  }
  const content = body.subarray(0, header.size);
  if (header.type === 'K') return fail('it gives a link target');
  if (header.type === 'L') {
    const end = content.indexOf(0);
    if (end === -1) return { longName: content };
    // Readers differ on whether a name ends at its first NUL or at its last byte.
    if (content.subarray(end).some((byte) => byte !== 0))
      return fail(`a NUL is inside its long name ${quote(content.toString('utf8'))}`);
    return { longName: content.subarray(0, end) };
  }
  const pax = parsePax(content);
  if (typeof pax === 'string') return fail(pax);
  if (header.type === 'x') return { pax };
  return pax.path || pax.size !== undefined || pax.sparse ? fail('a global header changes names, sizes or layout') : {};
}

function toMember(header: TarHeader, { pax, longName }: Pending, offset: number, log: FindingLog): TarMember {
  const raw = longName ?? pax?.path ?? header.name;
  const fullName = raw.toString('utf8');
  const at = { member: fullName };
  const where = `${quote(fullName)}, header at offset ${offset}`;
  if (!isUtf8(raw))
    log.add('archive/name-encoding', `The name ${quote(raw.toString('latin1'))} at offset ${offset} is not UTF-8.`, {
      offset,
    });
  if (pax?.sparse || header.type === 'S')
    log.add('archive/tar-sparse', `A sparse member: its bytes are not its content (${where}).`, at);
  else if (header.type === '0' && fullName.endsWith('/'))
    log.add('archive/special-file', `Type "0" is a file, but the name is that of a folder (${where}).`, at);
  else if (!'0\u00005'.includes(header.type)) {
    log.add(
      'archive/special-file',
      `Type ${JSON.stringify(header.type)} is neither a file nor a folder (${where}).`,
      at,
    );
  }
  const size = pax?.size ?? header.size;
  if (header.size !== 0 && size !== header.size) {
    log.add(
      'archive/pax',
      `The size is ${header.size} in the header and ${size} in the extended header (${where}).`,
      at,
    );
  }
  const isFolder = header.type === '5' || fullName.endsWith('/');
  if (isFolder && size > 0) log.add('archive/folder-data', `A folder has ${size} bytes of content (${where}).`, at);
  if (header.mode & 0o7000)
    log.add('archive/setuid', `Mode ${header.mode.toString(8)} has setuid, setgid or sticky (${where}).`, at);
  const name = fullName.endsWith('/') ? fullName.slice(0, -1) : fullName;
  return { name, isFolder, size, mode: header.mode, offset, dataOffset: offset + BLOCK_BYTES };
}
