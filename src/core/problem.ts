import type { Finding, Location, Severity } from './finding.ts';

/** The value seen, its location, and the next step: everything a rule says about one case. */
export interface Observation {
  readonly message: string;
  readonly at?: Location;
  readonly hint?: string;
  /** Set if this case is more or less severe than the rule. */
  readonly severity?: Severity;
}

/**
 * One problem of the user's artefact, with the id of the rule it breaks. The text and severity of the rule stay with
 * the rule.
 */
export interface Problem<Rule extends string = string> extends Observation {
  readonly rule: Rule;
}

/** A problem as it is reported: with a severity, and a location in the file the user named. */
export function toFinding({ rule, message, at, hint, ...own }: Problem, severity: Severity, path: string): Finding {
  const finding = { rule, severity: own.severity ?? severity, message, at: { path, ...at } };
  return hint === undefined ? finding : { ...finding, hint };
}

/**
 * Maximum problems of one reading. A hostile file can break every rule in a million places; the first hundreds are
 * enough, and memory stays bounded.
 */
export const MAX_PROBLEMS = 500;

/** Collects problems up to the limit, beyond it only the first of each rule, and counts the rest. */
export interface ProblemLog<Rule extends string> {
  add(rule: Rule, message: string, more?: Omit<Observation, 'message'>): void;
  has(test: (rule: Rule) => boolean): boolean;
  /** In the order they were added; after the last, the number of omitted ones. */
  list(): readonly Problem<Rule>[];
}

/** `leftOut` is the rule that reports the number of omitted problems. */
export function createProblemLog<Rule extends string>(leftOut: Rule): ProblemLog<Rule> {
  const kept: Problem<Rule>[] = [];
  const rules = new Set<Rule>();
  let dropped = 0;
  return {
    add(rule, message, more) {
      // The first of each rule is always kept: many problems of one kind hide no other.
      const isFirst = !rules.has(rule);
      rules.add(rule);
      if (isFirst || kept.length < MAX_PROBLEMS) kept.push({ rule, message, ...more });
      else dropped++;
    },
    has: (test) => [...rules].some(test),
    list() {
      if (dropped === 0) return kept;
      const message = `${dropped} more problems are not listed; the limit is ${MAX_PROBLEMS}.`;
      return [...kept, { rule: leftOut, message }];
    },
  };
}
