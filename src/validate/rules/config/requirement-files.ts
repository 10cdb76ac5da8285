import { posix } from 'node:path';
import { type RequirementLine, resolveBeside } from '../../../model/documents/requirements.ts';
import { defineRule, type Observation } from '../../rule.ts';

export const configRequirementFiles = defineRule({
  id: 'config/requirement-files',
  severity: 'error',
  title: 'The files that requirements name are in the archive',
  help: 'pip runs in the folder of the extracted archive: what -r, -c and -e name there, and wheels and folders that are named by their path, must be packed too (--extra-files). Without them it installs nothing.',
  async check(subject) {
    const { lines } = await subject.requirements();
    const members = [...(await subject.members()).keys()].map(String);
    return lines.flatMap((found) => findMissing(found, members));
  },
});

function findMissing(found: RequirementLine, members: readonly string[]): Observation[] {
  if (found.kind !== 'file' && found.kind !== 'include' && found.kind !== 'constraint') return [];
  const path = resolveBeside(found, found.path).replace(/\/$/, '');
  const isThere = path === '.' || members.some((name) => name === path || name.startsWith(`${path}/`));
  if (isThere) return [];
  const { line, text, member } = found;
  const message = `Line ${line} of ${member} names ${path}, which is not in the archive: ${text}`;
  const isOutside = posix.isAbsolute(path) || path.startsWith('..') || /^[A-Za-z]:/.test(path);
  const hint = isOutside
    ? 'Pack the file and name it by its path in the archive.'
    : `Pack it with --extra-files ${path}`;
  return [{ message, at: { member, line }, hint }];
}
