import { ToolError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Rule } from '../../validate/rule.ts';
import { allRules, foundationRules } from '../../validate/rules/index.ts';
import { isApplicable, runRules } from '../../validate/run.ts';
import type { Subject } from '../../validate/subject.ts';
import type { ValidateSettings } from './options.ts';

export interface Asked {
  /** As the user gave it. */
  readonly path: string;
  readonly settings: ValidateSettings;
  readonly run: boolean;
}

/** The rules that areas and settings select. */
export function chooseRules({ only, rules = {} }: ValidateSettings, run: boolean): readonly Rule[] {
  return allRules.filter(
    ({ id, needs }) =>
      rules[id] !== 'off' && (only?.some((area) => id.startsWith(`${area}/`)) ?? true) && (run || !needs),
  );
}

/**
 * The selected rules that apply to this subject, and the foundation rules that it breaks: an unreadable file is bad whatever
 * was selected. Throws INVALID_OPTION if no rule is left.
 */
export async function rulesFor(subject: Subject, { path, settings, run }: Asked): Promise<readonly Rule[]> {
  const chosen = new Set(chooseRules(settings, run).filter((rule) => isApplicable(rule, subject)));
  const broken = new Set<Rule>();
  for (const rule of foundationRules(subject.kind)) {
    if (chosen.has(rule) || !isApplicable(rule, subject)) continue;
    const isOff = settings.rules?.[rule.id] === 'off' && !isUnreadable(subject);
    if (!isOff && (await runRules(subject, [rule])).some(isError)) broken.add(rule);
  }
  const rules = allRules.filter((rule) => chosen.has(rule) || broken.has(rule));
  if (rules.length === 0 && settings.only !== undefined) throw nothingToCheck(path, subject, settings.only);
  return rules;
}

/** Applies the severities of the settings, except to foundation rules: an unreadable archive is never good. */
export function weigh(findings: readonly Finding[], subject: Subject, { rules = {} }: ValidateSettings): Finding[] {
  const keepsErrors = isUnreadable(subject);
  return findings.map((finding) => {
    const setting = rules[finding.rule];
    if (setting === undefined || setting === 'off' || (keepsErrors && isError(finding))) return finding;
    return { ...finding, severity: setting };
  });
}

/** Whether the structure is too broken to know the members. */
function isUnreadable({ archive }: Subject): boolean {
  return archive !== undefined && archive.tree === undefined;
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

const NOUNS = { archive: 'a model archive', workflow: 'a workflow archive', weights: 'a weights file' } as const;

function nothingToCheck(path: string, subject: Subject, only: readonly string[]): ToolError {
  const areas = new Set(allRules.filter((rule) => isApplicable(rule, subject)).map(({ id }) => id.split('/')[0]));
  const expected = `${[...areas].join(', ')}, because ${path} is ${NOUNS[subject.kind]}`;
  return new ToolError('INVALID_OPTION', { option: 'only', found: only.join(','), expected });
}
