import { planTree } from '../../archive/plan/plan-tree.ts';
import type { Finding } from '../../core/finding.ts';
import type { PackPlan } from '../../pack/plan.ts';
import { planSubject } from '../../validate/open-subject.ts';
import { packRules } from '../../validate/rules/index.ts';
import { runRules } from '../../validate/run.ts';
import type { Target } from '../../validate/subject.ts';

/** Validates an archive before it is written. */
export async function judgePlan(path: string, plan: PackPlan, target: Target): Promise<readonly Finding[]> {
  return runRules(planSubject(path, planTree(path, plan.files), target), packRules);
}
