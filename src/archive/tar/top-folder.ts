import type { FindingLog } from '../structure/findings.ts';
import type { TarMember } from './walk.ts';

/**
 * TorchServe removes the first component of every name in a tar, since upstream puts everything below `<model-name>/`.
 * A tar whose members share that component is read without it (`tar -C folder .` makes it "."); a flat tar is read
 * unchanged, with a note. `check` gets every name as in the tar, except for a leading "./", before anything is removed.
 */
export function cutTopFolder(
  members: readonly TarMember[],
  check: (member: TarMember) => void,
  log: FindingLog,
): TarMember[] {
  const withoutDot = members.filter(({ name }) => name !== '.').map(dropDot);
  for (const member of withoutDot) check(member);
  const files = members.filter(({ isFolder }) => !isFolder);
  if (files.length > 0 && files.every(({ name }) => name.startsWith('./'))) return withoutDot;
  const nested = withoutDot.filter(({ name }) => !isAppleDouble(name));
  const tops = new Set(nested.map(({ name }) => name.split('/', 1)[0]));
  const isNested = nested.every(({ name, isFolder }) => isFolder || name.includes('/'));
  if (tops.size === 1 && isNested && !tops.has('MAR-INF') && !tops.has('WAR-INF')) return withoutDot.flatMap(dropFirst);
  if (files.length > 0) log.add('archive/flat-tar', 'The members of the tar do not share one top folder.');
  return withoutDot;
}

/** macOS writes such a file next to each file, also for the top folder, with attributes that tar cannot store. */
function isAppleDouble(name: string): boolean {
  return name.startsWith('._') && !name.includes('/');
}

function dropDot(member: TarMember): TarMember {
  return member.name.startsWith('./') ? { ...member, name: member.name.slice(2) } : member;
}

/** The top folder is removed; macOS's file for it stays. */
function dropFirst(member: TarMember): TarMember[] {
  const cut = member.name.indexOf('/');
  if (cut === -1) return member.isFolder ? [] : [member];
  return [{ ...member, name: member.name.slice(cut + 1) }];
}
