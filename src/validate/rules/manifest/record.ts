import { hashSource } from '../../../archive/bytes/hash-source.ts';
import { type PackRecord, RECORD_PATH } from '../../../model/documents/record.ts';
import { defineRule, type Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

const HINT = 'Pack the model again, or find out who changed the archive.';

export const manifestRecord = defineRule({
  id: 'manifest/record',
  severity: 'warning',
  title: 'The files are unchanged since mar pack recorded them',
  help: 'mar pack writes MAR-INF/mar.json with the size and the SHA-256 of every other file. A difference means that the archive was changed since. The record is not signed: it detects accidents, not an attacker who also changes the record.',
  async check(subject) {
    const reading = await subject.record();
    switch (reading.kind) {
      case 'missing':
        return [];
      case 'unreadable':
        return [{ message: `The record cannot be read: ${reading.reason}.`, at: { member: RECORD_PATH }, hint: HINT }];
      case 'ok':
        return findDifferences(reading.record, subject);
    }
  },
});

async function findDifferences({ files }: PackRecord, subject: Subject): Promise<Observation[]> {
  const members = await subject.members();
  const found: Observation[] = [];
  for (const [member, packed] of Object.entries(files)) {
    const size = members.get(member)?.size;
    const message =
      size === undefined
        ? `${JSON.stringify(member)} was packed and is missing.`
        : await compare(member, size, packed, subject);
    if (message) found.push({ message, at: { member: size === undefined ? RECORD_PATH : member }, hint: HINT });
  }
  const added = [...members.keys()].filter((member) => member !== RECORD_PATH && !Object.hasOwn(files, member));
  return [...found, ...added.map((member) => ({ message: 'It was added after packing.', at: { member }, hint: HINT }))];
}

async function compare(
  member: string,
  size: number,
  packed: PackRecord['files'][string],
  subject: Subject,
): Promise<string | undefined> {
  if (size !== packed.size) return `It was packed with ${packed.size} bytes and has ${size}.`;
  const sha256 = await hashSource(await subject.tree.open(member));
  return sha256 === packed.sha256 ? undefined : 'Its content differs from the packed one (SHA-256).';
}
