import { type ByteSource, bufferSource, sliceSource } from '../../core/byte-source.ts';
import { ToolError } from '../../core/errors.ts';
import { compareBytes, type FileEntry, type FileTree, toArchiveMode } from '../../core/file-tree.ts';
import type { Limits } from '../../core/limits.ts';
import type { FindingLog } from '../structure/findings.ts';
import { checkBudgets, checkName, checkNamesTogether, provenName } from '../structure/names.ts';
import type { ArchiveReading } from '../structure/types.ts';
import { readCentral } from './central.ts';
import { readEndRecords } from './end-records.ts';
import type { CentralPlace, LocatedMember, ZipMember } from './format.ts';
import { walkMembers } from './layout.ts';
import { memberSource } from './member-source.ts';
import { readAhead } from './read-ahead.ts';
import { verifyMembers } from './verify.ts';

/**
 * Reads the structure of a ZIP: cheap checks first, headers only, whatever the archive's size. The reading owns `file`.
 * No member is available unless both views of the archive, front to back and by directory, are equal.
 */
export async function readZip(file: ByteSource, limits: Limits, log: FindingLog): Promise<ArchiveReading> {
  const place = await readEndRecords(file, log);
  const source = place !== undefined && isCrowded(file, place) ? await holdInMemory(file) : file;
  const members = place && (await readMembers(source, place, limits, log));
  const trusted = members !== undefined && !log.untrusted();
  return {
    format: 'zip',
    size: source.size,
    findings: log.findings,
    tree: trusted ? zipTree(source, members) : undefined,
    verify: async (options) => (trusted ? verifyMembers(source, members, options) : []),
    close: () => source.close(),
  };
}

/** With more members than this of a few kB each, one read of the archive is faster than one for each member. */
const CROWD = 1000;
const SMALL_MEMBER_BYTES = 4096;
/** Maximum bytes held for that: 16,384 such members. */
const HELD_BYTES = 64 * 1024 ** 2;

function isCrowded({ size }: ByteSource, { entries }: CentralPlace): boolean {
  return entries > CROWD && size <= HELD_BYTES && size <= entries * SMALL_MEMBER_BYTES;
}

async function holdInMemory(file: ByteSource): Promise<ByteSource> {
  return { ...bufferSource(file.label, await file.read(0, file.size)), close: () => file.close() };
}

async function readMembers(
  source: ByteSource,
  place: CentralPlace,
  limits: Limits,
  log: FindingLog,
): Promise<LocatedMember[] | undefined> {
  const members = await readCentral(source, place, limits, log);
  if (members === undefined) return undefined;
  checkNames(members, limits, log);
  return walkMembers(readAhead(source), members, place.offset, log);
}

function checkNames(members: readonly ZipMember[], limits: Limits, log: FindingLog): void {
  for (const member of members) checkName(member, limits, log);
  checkBudgets(members, limits, log);
  // Names are compared with each other only if each one is valid.
  if (!log.has((rule) => rule.startsWith('archive/name-'))) checkNamesTogether(members, log);
}

function zipTree(source: ByteSource, members: readonly LocatedMember[]): FileTree {
  const files = new Map(members.filter(({ isFolder }) => !isFolder).map((member) => [member.name, member]));
  const entries = [...files.values()].map(toEntry).sort((a, b) => compareBytes(a.path, b.path));
  const find = (path: string): LocatedMember => {
    const member = files.get(path);
    if (member === undefined) throw new ToolError('MEMBER_NOT_FOUND', { label: source.label, member: path });
    return member;
  };
  return {
    label: source.label,
    list: async () => entries,
    has: async (path) => files.has(path),
    open: async (path) => memberSource(source, find(path)),
    async openPacked(path) {
      const { name, dataOffset, packedSize } = find(path);
      return sliceSource(source, name, dataOffset, packedSize);
    },
    close: () => source.close(),
  };
}

function toEntry({ name, size, mode, method, packedSize, crc32 }: LocatedMember): FileEntry {
  return {
    path: provenName(name),
    size,
    mode: toArchiveMode(mode),
    packed: { method, size: packedSize, crc32 },
  };
}
