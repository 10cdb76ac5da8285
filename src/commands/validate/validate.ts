import { z } from 'zod';
import { type Context, createContext } from '../../core/context.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { type Finding, findingSchema, isAtLeast, severitySchema } from '../../core/finding.ts';
import { locate } from '../../core/user-path.ts';
import { type OpenSubjectOptions, openSubject } from '../../validate/open-subject.ts';
import { runRules } from '../../validate/run.ts';
import type { Subject } from '../../validate/subject.ts';
import { findRule } from '../find-rule.ts';
import { parseOptions } from '../parse-options.ts';
import { type Asked, chooseRules, rulesFor, weigh } from './choose-rules.ts';
import { loadValidateConfig } from './config.ts';
import { type ValidateOptions, type ValidateSettings, validateOptionsSchema } from './options.ts';

/** The output of `--json`. */
export const validateReportSchema = z.object({
  schemaVersion: z.literal(1),
  /** No finding has the severity `failOn` or a higher one. */
  passed: z.boolean(),
  findings: z.array(findingSchema),
});
publishedSchemas.add(validateReportSchema, { file: 'findings', title: 'mar validate --json', io: 'output' });
export type ValidateReport = z.infer<typeof validateReportSchema>;

export const validateResultSchema = validateReportSchema.extend({
  /** The path the user gave. */
  path: z.string(),
  kind: z.enum(['archive', 'workflow', 'weights']),
  failOn: severitySchema,
  /** The checked rules. */
  rules: z.array(z.object({ id: z.string(), severity: severitySchema, title: z.string(), help: z.string() })),
  /** Files that were looked at. */
  members: z.number().int().nonnegative(),
  /** Ids of the fixed rules; only with `fix`. */
  fixed: z.array(z.string()).optional(),
});
export type ValidateResult = z.infer<typeof validateResultSchema>;

interface Job extends Asked {
  readonly place: string;
  readonly python: string | undefined;
}

/**
 * Checks an archive, a folder or a weights file against the rules. Problems are findings, never thrown. Executes nothing
 * without `run`, and writes nothing without `fix`.
 */
export async function validate(options: ValidateOptions, context: Context = createContext()): Promise<ValidateResult> {
  const { path, config, run, python, fix, ...flags } = parseOptions(validateOptionsSchema, options, 'validate');
  const file = await loadValidateConfig(config, path, context);
  const job: Job = { path, place: locate(path, context), settings: mergeSettings(file, flags), run, python };
  for (const id of Object.keys(job.settings.rules ?? {})) findRule(id, 'rules');
  if (!fix) return judge(job, context);
  const { fixArchive } = await import('./fix-archive.ts');
  const fixed = await fixArchive(job.place, chooseRules(job.settings, run), context);
  return { ...(await judge(job, context)), fixed };
}

/** Flags override the file, rule by rule. */
function mergeSettings(
  { $schema: _schema, ...file }: ValidateSettings & { $schema?: unknown },
  flags: ValidateSettings,
) {
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return { ...file, ...given, rules: { ...file.rules, ...flags.rules } };
}

async function judge(job: Job, context: Context): Promise<ValidateResult> {
  const { path, settings } = job;
  const subject = await openSubject(job.place, openOptions(job, context));
  try {
    const rules = await rulesFor(subject, job);
    const seen = await runRules(subject, rules);
    // An aborted check says nothing about the archive.
    context.signal.throwIfAborted();
    const findings = weigh(seen, subject, settings).map((finding) => showPath(finding, path));
    const failOn = settings.failOn ?? 'error';
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

function openOptions({ settings: { only, maxSize, target }, run, python }: Job, context: Context): OpenSubjectOptions {
  return {
    signal: context.signal,
    onBytes: (done) => context.log({ kind: 'progress', job: 'validate', done }),
    secondReader: only === undefined || only.includes('archive'),
    // `--only archive` checks the container, whatever its name and content.
    asArchive: only?.every((area) => area === 'archive') ?? false,
    sizeBudget: maxSize,
    target,
    ...(run && {
      trial: async (subject: Subject) => {
        const { tryModel } = await import('./try-model.ts');
        return tryModel(subject, { python }, context);
      },
    }),
  };
}

/** Findings have the path that the user gave. */
function showPath(finding: Finding, path: string): Finding {
  return { ...finding, at: { ...finding.at, path } };
}
