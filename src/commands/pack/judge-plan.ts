import { planTree } from '../../archive/plan/plan-tree.ts';
import { ToolError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { planSubject } from '../../model/open-facts.ts';
import type { PackPlan } from '../../pack/plan.ts';
import { packRules } from '../../validate/rules/index.ts';
import { runRules } from '../../validate/run.ts';

/** What the rules say about an archive that is not written yet. */
export async function judgePlan(target: string, plan: PackPlan): Promise<readonly Finding[]> {
  return runRules(planSubject(target, planTree(target, plan.files)), packRules);
}

/** Throws ARCHIVE_REFUSED, with every finding, when there is an error among them. */
export function refuseErrors(target: string, findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (!errors[0]) return;
  const values = { path: target, count: errors.length, first: errors[0].message };
  throw new ToolError('ARCHIVE_REFUSED', values, { findings });
}
