import { describeError, isToolError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { toFinding } from '../core/problem.ts';
import type { Rule } from './rule.ts';
import type { Subject } from './subject.ts';

/** A rule that throws is a bug of ours, reported as a finding so that the other rules still run. */
export const RULE_FAILED = 'internal/rule-failed';

/** All findings of the rules about a subject, in the order of the rules; a problem of the subject never throws. */
export async function runRules(subject: Subject, rules: readonly Rule[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  // Rules share facts: a file that cannot be read fails every rule that reads it with the same error, which is reported
  // once.
  const told = new Set<unknown>();
  for (const rule of rules) if (isApplicable(rule, subject)) findings.push(...(await runRule(subject, rule, told)));
  return findings;
}

/** If the structure leaves the members unknown, only the structure rules can run. */
export function isApplicable({ id }: Rule, { kind, archive }: Subject): boolean {
  if (kind === 'weights') return id.startsWith('weights/');
  if (id.startsWith('workflow/') !== (kind === 'workflow') && isAboutOneKind(id)) return false;
  return id.startsWith('archive/') || archive === undefined || archive.tree !== undefined;
}

/**
 * Rules about a model archive's own documents, or a workflow's; the rules about files, weights and code apply to both.
 */
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
    // The other rules cannot read a member that the structure rules call damaged.
    if (isToolError(error) && subject.structure.some(({ severity }) => severity === 'error')) return [];
    if (told.has(error)) return [];
    told.add(error);
    const message = `The rule ${rule.id} could not be checked: ${describeError(error)}.`;
    const hint =
      'This is a bug of the tool or an error of the storage, not of the archive; please report it with the archive.';
    return [{ rule: RULE_FAILED, severity: 'error', message, at: { path: subject.path }, hint }];
  }
}
