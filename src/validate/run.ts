import { describeError, isToolError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { toFinding } from '../core/problem.ts';
import type { Rule } from './rule.ts';
import type { Subject } from './subject.ts';

/** A rule that fails is a defect of ours, said as a finding so that the others still speak. */
export const RULE_FAILED = 'internal/rule-failed';

/** Every finding of the rules about a subject, in the order of the rules; nothing is thrown for what is wrong with it. */
export async function runRules(subject: Subject, rules: readonly Rule[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  // Rules share facts: a file that cannot be read fails all that ask for it with one and the same error, told once.
  const told = new Set<unknown>();
  for (const rule of rules) if (isApplicable(rule, subject)) findings.push(...(await runRule(subject, rule, told)));
  return findings;
}

/** When the structure leaves unknown what the members are, only the structure can be judged. */
export function isApplicable({ id }: Rule, { kind, archive }: Subject): boolean {
  if (kind === 'weights') return id.startsWith('weights/');
  if (id.startsWith('workflow/') !== (kind === 'workflow') && isAboutOneKind(id)) return false;
  return id.startsWith('archive/') || archive === undefined || archive.tree !== undefined;
}

/** What a model archive says of itself, and what a workflow does; the rules about files, weights and code hold for both. */
function isAboutOneKind(id: Rule['id']): boolean {
  const [area = '', subject = ''] = id.split('/');
  if (area === 'handler') return !/^(python|module)-(syntax|imports)$/.test(subject);
  return ['manifest', 'workflow', 'config', 'compatibility'].includes(area);
}

async function runRule(subject: Subject, rule: Rule, told: Set<unknown>): Promise<Finding[]> {
  try {
    return (await rule.check(subject)).map((seen) =>
      toFinding({ rule: rule.id, ...seen }, rule.severity, subject.path),
    );
  } catch (error) {
    // A member that the structure already calls damaged cannot be read by the rules either.
    if (isToolError(error) && subject.structure.some(({ severity }) => severity === 'error')) return [];
    if (told.has(error)) return [];
    told.add(error);
    const message = `The rule ${rule.id} could not be checked: ${describeError(error)}.`;
    const hint =
      'This is a fault of the tool or of the storage, not of the archive; please report it with the archive.';
    return [{ rule: RULE_FAILED, severity: 'error', message, at: { path: subject.path }, hint }];
  }
}
