import { archiveRefused } from '../../archive/structure/refuse.ts';
import { type Finding, isAtLeast } from '../../core/finding.ts';
import { openSubject } from '../../validate/open-subject.ts';
import { allRules } from '../../validate/rules/index.ts';
import { runRules } from '../../validate/run.ts';
import type { Subject } from '../../validate/subject.ts';
import { refusalOf } from './refusals.ts';

/** Throws ARCHIVE_REFUSED with the findings for an archive that must not run (design decision 9). */
export async function admit(path: string): Promise<void> {
  const subject = await openSubject(path);
  try {
    const refused = await findRefused(subject);
    if (refused.length > 0) throw archiveRefused(path, refused);
  } finally {
    await subject.close();
  }
}

/** The findings that refuse an archive. */
export async function findRefused(subject: Subject): Promise<Finding[]> {
  const rules = allRules.filter(({ id, needs }) => !needs && refusalOf(id) !== undefined);
  const errors = (await runRules(subject, rules)).filter(({ severity }) => isAtLeast(severity, 'error'));
  const handler = await subject.handler();
  const own = handler.kind === 'python' || handler.kind === 'module' ? handler.member : undefined;
  return errors.filter((finding) => isRefused(finding, own));
}

/** `own` is the archive's own handler file, if it has one. */
function isRefused({ rule, at }: Finding, own: string | undefined): boolean {
  const row = refusalOf(rule);
  if (row === undefined || row.when === 'always' || own === undefined) return row !== undefined;
  return row.when === 'handler' && at.member === own;
}
