import { z } from 'zod';
import { publishedSchemas } from '../core/documents/published-schemas.ts';
import { severitySchema } from '../core/finding.ts';
import { isOneOf } from '../core/names/known-words.ts';
import { type Area, areas } from '../validate/rule.ts';
import { allRules } from '../validate/rules/index.ts';
import { findRule } from './find-rule.ts';
import { parseOptions } from './parse-options.ts';

export const explainOptionsSchema = z.object({
  /** The id of a rule, or an area; all rules by default. */
  rule: z.string().min(1).optional(),
});
export type ExplainOptions = z.input<typeof explainOptionsSchema>;

export const explainResultSchema = z.object({
  schemaVersion: z.literal(1),
  rules: z.array(
    z.object({
      id: z.string(),
      severity: severitySchema,
      title: z.string(),
      help: z.string(),
      /** What `mar validate --fix` does. */
      fix: z.string().optional(),
      /** Only checked by `mar validate --run`. */
      run: z.literal(true).optional(),
    }),
  ),
});
publishedSchemas.add(explainResultSchema, { file: 'explain-result', title: 'mar explain --json', io: 'output' });
export type ExplainResult = z.infer<typeof explainResultSchema>;

/** Describes rules. Throws INVALID_OPTION for an unknown id. */
export async function explain(options: ExplainOptions = {}): Promise<ExplainResult> {
  const { rule } = parseOptions(explainOptionsSchema, options, 'explain');
  const asked = rule === undefined ? allRules : isArea(rule) ? inArea(rule) : [findRule(rule, 'rule')];
  const rules = asked.map(({ id, severity, title, help, fix, needs }) => ({
    id,
    severity,
    title,
    help,
    ...(fix ? { fix: fix.what } : {}),
    ...(needs === 'run' ? { run: true as const } : {}),
  }));
  return { schemaVersion: 1, rules };
}

function isArea(text: string): text is Area {
  return isOneOf(areas, text);
}

function inArea(area: Area) {
  return allRules.filter(({ id }) => id.startsWith(`${area}/`));
}
