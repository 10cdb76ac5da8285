import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';
import { type Finding, findingSchema, isAtLeast, severitySchema } from '../core/finding.ts';
import { openSubject } from '../validate/open-subject.ts';
import { areas, type Rule } from '../validate/rule.ts';
import { allRules } from '../validate/rules/index.ts';
import { nearest } from '../validate/rules/nearest.ts';
import { runRules } from '../validate/run.ts';
import { parseOptions } from './parse-options.ts';
import { locate } from './user-path.ts';

/** What a rule can be set to: off, or the severity of all its findings; `warn` is short for `warning`. */
export const ruleSettings = ['off', 'info', 'warn', 'warning', 'error'] as const;
const ruleSettingSchema = z.enum(ruleSettings).transform((setting) => (setting === 'warn' ? 'warning' : setting));

export const validateOptionsSchema = z.object({
  /** An archive, an unpacked folder, or a weights file. */
  path: z.string().min(1),
  /** Areas to judge; all when absent. */
  only: z.array(z.enum(areas)).min(1).optional(),
  /** The least severity that makes the verdict bad. */
  failOn: severitySchema.default('error'),
  /** Rule id → setting. */
  rules: z.record(z.string(), ruleSettingSchema).default({}),
});
export type ValidateOptions = z.input<typeof validateOptionsSchema>;

/** What `--json` prints. */
export const validateReportSchema = z.object({
  schemaVersion: z.literal(1),
  findings: z.array(findingSchema),
});
export type ValidateReport = z.infer<typeof validateReportSchema>;

export const validateResultSchema = validateReportSchema.extend({
  /** The path the user gave. */
  path: z.string(),
  kind: z.enum(['archive', 'weights']),
  /** No finding is as severe as `failOn`. */
  passed: z.boolean(),
  failOn: severitySchema,
  /** Rules that were checked, with the words that reporters and `mar explain` share. */
  rules: z.array(z.object({ id: z.string(), severity: severitySchema, title: z.string(), help: z.string() })),
  /** Files that were looked at. */
  members: z.number().int().nonnegative(),
});
export type ValidateResult = z.infer<typeof validateResultSchema>;

/** Judges an archive, a folder or a weights file by every rule; nothing of it is run, and nothing wrong with it is thrown. */
export async function validate(options: ValidateOptions, context: Context): Promise<ValidateResult> {
  const { path, only, failOn, rules: settings } = parseOptions(validateOptionsSchema, options, 'validate');
  const rules = chooseRules(only, settings);
  const subject = await openSubject(locate(path, context), {
    signal: context.signal,
    onBytes: (done) => context.log({ kind: 'progress', job: 'validate', done }),
  });
  try {
    const findings = applySettings(await runRules(subject, rules), settings).map((finding) => showPath(finding, path));
    return {
      schemaVersion: 1,
      path,
      kind: subject.kind,
      findings,
      passed: !findings.some(({ severity }) => isAtLeast(severity, failOn)),
      failOn,
      rules: rules.map(({ id, severity, title, help }) => ({ id, severity, title, help })),
      members: (await subject.members()).size,
    };
  } finally {
    await subject.close();
  }
}

type Settings = Readonly<Record<string, z.output<typeof ruleSettingSchema>>>;

function chooseRules(only: readonly string[] | undefined, settings: Settings): readonly Rule[] {
  for (const id of Object.keys(settings)) {
    if (allRules.some((rule) => rule.id === id)) continue;
    const ids = allRules.map((rule) => rule.id);
    const meant = nearest(id, ids);
    throw new ToolError('INVALID_OPTION', {
      option: 'rule',
      found: JSON.stringify(id),
      expected: meant ? `the id of a rule, such as ${meant}` : 'the id of a rule',
    });
  }
  return allRules.filter(({ id }) => settings[id] !== 'off' && (only?.includes(areaOf(id)) ?? true));
}

function areaOf(id: Rule['id']): string {
  return id.slice(0, id.indexOf('/'));
}

function applySettings(findings: readonly Finding[], settings: Settings): Finding[] {
  return findings.map((finding) => {
    const setting = settings[finding.rule];
    return setting === undefined || setting === 'off' ? finding : { ...finding, severity: setting };
  });
}

/** Findings name the file as the user did, wherever the command ran. */
function showPath(finding: Finding, path: string): Finding {
  return { ...finding, at: { ...finding.at, path } };
}
