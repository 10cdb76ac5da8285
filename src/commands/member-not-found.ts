import { posix } from 'node:path';
import { ToolError } from '../core/errors.ts';
import { nearest } from '../core/names/nearest.ts';

/** MEMBER_NOT_FOUND with a suggestion: the nearest path, or the only member of that name in another folder. */
export function memberNotFound(label: string, member: string, members: readonly string[]): ToolError {
  const named = members.filter((path) => posix.basename(path) === posix.basename(member));
  const meant = nearest(member, members) ?? (named.length === 1 ? named[0] : undefined);
  return new ToolError('MEMBER_NOT_FOUND', { label, member, ...(meant !== undefined && { meant }) });
}
