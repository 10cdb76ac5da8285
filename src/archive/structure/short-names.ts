import { quote } from '../../core/names/quote.ts';
import type { FindingLog } from './findings.ts';
import type { NamedMember } from './types.ts';

/** A component in the form of a short (8.3) name: up to eight letters that end in "~" and a number, and an ending of up to three. */
const SHORT = /^([^~.]{1,6})~\d{1,6}(?:\.([^.]{0,3}))?$/;

/** Reports names that Windows may give to another member as its short name: the two would be one file. */
export function checkShortNames(members: readonly NamedMember[], log: FindingLog): void {
  const suspects = members.filter(({ name }) => name.includes('~') && name.split('/').some((part) => SHORT.test(part)));
  if (suspects.length === 0) return;
  const siblings = listSiblings(members);
  for (const { name } of suspects) {
    const parts = name.split('/');
    for (const [depth, part] of parts.entries()) {
      const [, begin, ending = ''] = SHORT.exec(part) ?? [];
      if (begin === undefined) continue;
      const others = siblings.get(folderKey(parts, depth)) ?? new Set();
      const long = [...others].find((other) => other !== part && isShortFormOf(begin, ending, other));
      if (long === undefined) continue;
      const message = `${quote(name)} and ${quote(long)} become one file if Windows gives the second its short name.`;
      log.add('archive/collision', message, { member: name });
    }
  }
}

/** The names in each folder. */
function listSiblings(members: readonly NamedMember[]): Map<string, Set<string>> {
  const siblings = new Map<string, Set<string>>();
  for (const { name } of members) {
    const parts = name.split('/');
    for (const [depth, part] of parts.entries()) {
      const key = folderKey(parts, depth);
      const names = siblings.get(key);
      if (names === undefined) siblings.set(key, new Set([part]));
      else names.add(part);
    }
  }
  return siblings;
}

function folderKey(parts: readonly string[], depth: number): string {
  return parts.slice(0, depth).join('/').toUpperCase();
}

/** Windows takes the first letters without blanks and dots, and the first three of the ending. */
function isShortFormOf(begin: string, ending: string, long: string): boolean {
  if (SHORT.test(long)) return false;
  const dot = long.lastIndexOf('.');
  const stem = plain(dot > 0 ? long.slice(0, dot) : long);
  const tail = plain(dot > 0 ? long.slice(dot + 1) : '');
  const isLong = stem.length > 8 || tail.length > 3 || plain(long).length + (dot > 0 ? 1 : 0) !== long.length;
  return isLong && stem.startsWith(begin.toUpperCase()) && tail.slice(0, 3) === ending.toUpperCase();
}

function plain(text: string): string {
  return text.replace(/[ .]/g, '').toUpperCase();
}
