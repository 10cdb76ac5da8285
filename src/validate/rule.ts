import type { PlannedFile } from '../archive/structure/types.ts';
import type { Finding, Location, Severity } from '../core/finding.ts';
import type { Subject } from '../model/facts.ts';

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

/** One thing a rule saw: where, and the words about it. */
export interface Observation {
  readonly message: string;
  readonly at?: Location;
  readonly hint?: string;
  /** Where this case is more or less grave than the rule's own severity. */
  readonly severity?: Severity;
}

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
  /** Why it matters and what to do, for `mar explain` and the README; plain text, a few sentences. */
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

export function toFinding(rule: Rule, path: string, seen: Observation): Finding {
  const { message, at, hint, severity = rule.severity } = seen;
  return { rule: rule.id, severity, message, at: { path, ...at }, ...(hint === undefined ? {} : { hint }) };
}
