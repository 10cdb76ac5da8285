import type { Limits } from '../../core/limits.ts';
import { collisionKey } from '../../core/names/collision-key.ts';
import { quote } from '../../core/names/quote.ts';
import { type ArchivePath, findNameProblems, MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';
import type { FindingLog } from './findings.ts';
import { checkShortNames } from './short-names.ts';
import type { NamedMember } from './types.ts';

/** Reports everything wrong with one name; `core/paths.ts` decides. */
export function checkName(member: NamedMember, limits: Limits, log: FindingLog): void {
  for (const { rule, message } of findNameProblems(member.name, limits)) {
    const where = `The name ${quote(member.name)} (header at offset ${member.offset})`;
    log.add(rule, `${where} is not safe: ${message}.`, at(member));
  }
}

/**
 * Reports names that become one file on some system, and files that others use as a folder. Linear in the total length
 * of the names.
 */
export function checkNamesTogether(members: readonly NamedMember[], log: FindingLog): void {
  const seen = new Map<string, NamedMember>();
  for (const member of members) {
    const key = collisionKey(member.name);
    const other = seen.get(key);
    if (other === undefined) seen.set(key, member);
    else if (other.name !== member.name) {
      log.add(
        'archive/collision',
        `${quote(member.name)} and ${quote(other.name)} become one file where case or Unicode form is ignored, or look the same.`,
        at(member),
      );
    } else if (other.isFolder !== member.isFolder) {
      log.add('archive/file-as-folder', `${quote(member.name)} is a file and also a folder.`, at(member));
    } else {
      log.add(
        'archive/duplicate',
        `${quote(member.name)} occurs twice, at offsets ${other.offset} and ${member.offset}.`,
        at(member),
      );
    }
  }
  checkParents(members, seen, log);
  checkShortNames(members, log);
}

/** Every folder of a name must not be a file, and must have one spelling. */
function checkParents(members: readonly NamedMember[], seen: ReadonlyMap<string, NamedMember>, log: FindingLog): void {
  const spelling = new Map<string, string>();
  for (const member of members) {
    for (let cut = member.name.lastIndexOf('/'); cut > 0; cut = member.name.lastIndexOf('/', cut - 1)) {
      const folder = member.name.slice(0, cut);
      const key = collisionKey(folder);
      const known = spelling.get(key);
      if (known === folder) break;
      const file = seen.get(key);
      if (file !== undefined && !file.isFolder) {
        log.add(
          'archive/file-as-folder',
          `${quote(file.name)} is a file, and ${quote(member.name)} uses it as a folder.`,
          at(member),
        );
        break;
      }
      const other = known ?? file?.name ?? folder;
      if (other !== folder) {
        log.add(
          'archive/collision',
          `The folders ${quote(folder)} and ${quote(other)} become one where case or Unicode form is ignored, or look the same.`,
          at(member),
        );
        break;
      }
      spelling.set(key, folder);
    }
  }
}

/** Reports what exceeds the limits, from headers only. */
export function checkBudgets(members: readonly NamedMember[], limits: Limits, log: FindingLog): void {
  const total = members.reduce((sum, { size }) => sum + size, 0);
  if (total > limits.totalBytes) {
    log.add('archive/total-size', `The members unpack to ${total} bytes, more than the limit of ${limits.totalBytes}.`);
  }
  for (const member of members) {
    const isManifest = member.name === MANIFEST_PATH || member.name === WORKFLOW_MANIFEST_PATH;
    if (isManifest && member.size > limits.manifestBytes) {
      const message = `The manifest has ${member.size} bytes, more than the limit of ${limits.manifestBytes}.`;
      log.add('archive/manifest-size', message, at(member));
    }
  }
}

function at(member: NamedMember): { member: string } {
  return { member: member.name };
}

/** For names without a finding of {@link checkName}; the brand is the proof. */
export function provenName(name: string): ArchivePath {
  return name as ArchivePath;
}
