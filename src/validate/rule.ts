import type { PlannedFile } from '../archive/structure/types.ts';
import type { Severity } from '../core/finding.ts';
import type { Observation } from '../core/problem.ts';
import type { Subject } from './subject.ts';

export type { Observation } from '../core/problem.ts';

/** Areas that `--only` can select. */
export const areas = [
  'archive',
  'manifest',
  'workflow',
  'config',
  'weights',
  'handler',
  'compatibility',
  'hygiene',
] as const;
export type Area = (typeof areas)[number];

export interface Fix {
  /** What the fix does, for help: "rewrites the archive". */
  readonly what: string;
  /** The fixed files. Writing them again is enough for an error of the archive's form. */
  apply(files: readonly PlannedFile[], subject: Subject, now: Date): Promise<readonly PlannedFile[]>;
}

/** A rule is complete on one screen: id, severity, help and check are in one file. */
export interface Rule {
  /** `area/subject`, permanent. */
  readonly id: `${Area}/${string}`;
  readonly severity: Severity;
  /** One line for lists. */
  readonly title: string;
  /** Why it matters and what to do, for `mar explain` and docs/rules.md; plain text, a few sentences. */
  readonly help: string;
  /** Only checked if the model is also run: `mar validate --run`. */
  readonly needs?: 'run';
  /** How `--fix` fixes the finding, if that is safe for every archive. */
  readonly fix?: Fix;
  /** Facts → observations. Pure, except for reading members through the subject. */
  check(subject: Subject): Promise<readonly Observation[]> | readonly Observation[];
}

export function defineRule(rule: Rule): Rule {
  return rule;
}
