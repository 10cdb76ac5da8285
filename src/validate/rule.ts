import type { PlannedFile } from '../archive/structure/types.ts';
import type { Severity } from '../core/finding.ts';
import type { Observation } from '../core/problem.ts';
import type { Subject } from './subject.ts';

export type { Observation } from '../core/problem.ts';

/** Parts of an artefact that `--only` can choose. */
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
  /** What is done, for help: "rewrites the archive". */
  readonly what: string;
  /** The files as they should be. Writing them anew is all that a fault of the archive's form needs. */
  apply(files: readonly PlannedFile[], subject: Subject, now: Date): Promise<readonly PlannedFile[]>;
}

/** A rule is complete on one screen: id, severity, help and check stand together in one file. */
export interface Rule {
  /** `area/subject`, permanent. */
  readonly id: `${Area}/${string}`;
  readonly severity: Severity;
  /** One line for lists. */
  readonly title: string;
  /** Why it matters and what to do, for `mar explain` and docs/rules.md; plain text, a few sentences. */
  readonly help: string;
  /** Only asked when the model is also run: `mar validate --run`. */
  readonly needs?: 'run';
  /** How `--fix` mends what the rule found, where that is safe whatever the archive is for. */
  readonly fix?: Fix;
  /** Facts → observations. Pure but for reading members through the subject. */
  check(subject: Subject): Promise<readonly Observation[]> | readonly Observation[];
}

export function defineRule(rule: Rule): Rule {
  return rule;
}
