import type { ByteSource } from '../../core/byte-source.ts';
import { quote } from '../../core/names/quote.ts';
import type { FindingLog } from '../structure/findings.ts';
import type { LocatedMember, ZipMember } from './format.ts';
import { endOfData, hasDescriptor, readDescriptor, readLocalHeader } from './local.ts';

/**
 * Walks the archive front to back as TorchServe's reader does and proves that it finds exactly the members of the
 * directory, in order and without gaps or overlaps. Returns the members with the offset of their data.
 */
export async function walkMembers(
  source: ByteSource,
  members: readonly ZipMember[],
  directory: number,
  log: FindingLog,
): Promise<LocatedMember[]> {
  const located: LocatedMember[] = [];
  let cursor = 0;
  for (const [index, member] of members.entries()) {
    checkStart(member, index, cursor, members, log);
    const found = await readLocalHeader(source, member, directory, log);
    if (found === undefined) continue;
    if (found.dataOffset + member.packedSize > directory) {
      const end = found.dataOffset + member.packedSize;
      log.add(
        'archive/overlap',
        `${quote(member.name)} would end at ${end}, after the start of the directory at ${directory}.`,
        {
          member: member.name,
        },
      );
      continue;
    }
    const next = members[index + 1]?.headerOffset ?? directory;
    // Most members have no descriptor and need no await.
    cursor = hasDescriptor(found) ? await readDescriptor(source, found, next, log) : endOfData(found);
    located.push(found);
  }
  if (cursor < directory && located.length === members.length) {
    const message = `${directory - cursor} bytes at offset ${cursor}, before the directory, belong to no member.`;
    log.add(members.length === 0 ? 'archive/prefix' : 'archive/gap', message, { offset: cursor });
  }
  return located;
}

function checkStart(
  member: ZipMember,
  index: number,
  cursor: number,
  members: readonly ZipMember[],
  log: FindingLog,
): void {
  const { headerOffset, name } = member;
  const at = { offset: headerOffset };
  const previous = members[index - 1];
  if (previous && headerOffset < previous.headerOffset) {
    log.add(
      'archive/order',
      `${quote(name)} is at ${headerOffset}, before ${quote(previous.name)} at ${previous.headerOffset}; the directory lists them in the opposite order.`,
      at,
    );
  } else if (headerOffset < cursor) {
    log.add(
      'archive/overlap',
      `${quote(name)} starts at ${headerOffset}, inside ${quote(previous?.name ?? '')}, which ends at ${cursor}.`,
      at,
    );
  } else if (headerOffset > cursor) {
    const message = `${headerOffset - cursor} bytes at offset ${cursor}, before ${quote(name)}, belong to no member.`;
    log.add(index === 0 ? 'archive/prefix' : 'archive/gap', message, { offset: cursor });
  }
}
