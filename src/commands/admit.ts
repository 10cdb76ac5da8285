import { refuseErrors } from '../archive/refuse.ts';
import { openSubject } from '../validate/open-subject.ts';
import type { Area } from '../validate/rule.ts';
import { allRules } from '../validate/rules/index.ts';
import { runRules } from '../validate/run.ts';

/** Areas whose errors mean that an archive must not run; the others say how well it will. */
const SAFETY_AREAS: readonly Area[] = ['archive', 'manifest', 'workflow', 'config', 'weights', 'handler'];

/** Nothing of an archive runs before it is known to be sound (design decision 9): throws ARCHIVE_REFUSED with the findings. */
export async function admit(path: string): Promise<void> {
  const subject = await openSubject(path);
  try {
    const rules = allRules.filter(({ id }) => SAFETY_AREAS.some((area) => id.startsWith(`${area}/`)));
    refuseErrors(path, await runRules(subject, rules));
  } finally {
    await subject.close();
  }
}
