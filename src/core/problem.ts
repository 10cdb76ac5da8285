import type { Finding, Location, Severity } from './finding.ts';

/** What was seen, where, and what to do: all that a rule says about one case. */
export interface Observation {
  readonly message: string;
  readonly at?: Location;
  readonly hint?: string;
  /** Where this case is more or less grave than the rule. */
  readonly severity?: Severity;
}

/** One thing that is wrong in the user's artefact, by the id of the rule it breaks. The rule's words and severity stay with the rule. */
export interface Problem<Rule extends string = string> extends Observation {
  readonly rule: Rule;
}

/** A problem as it is reported: graded, and pointing into the file the user named. */
export function toFinding({ rule, message, at, hint, ...own }: Problem, severity: Severity, path: string): Finding {
  const finding = { rule, severity: own.severity ?? severity, message, at: { path, ...at } };
  return hint === undefined ? finding : { ...finding, hint };
}

/**
 * Most problems one reading keeps. A hostile file can break every rule in each of a million places; the first hundreds
 * say what there is to say, and memory stays bounded.
 */
export const MAX_PROBLEMS = 500;

/** Collects problems up to the bound, the first of each rule beyond it, and says how many it left out. */
export interface ProblemLog<Rule extends string> {
  add(rule: Rule, message: string, more?: Omit<Observation, 'message'>): void;
  has(test: (rule: Rule) => boolean): boolean;
  /** In the order they were added; behind the last, how many were left out. */
  list(): readonly Problem<Rule>[];
}

/** `leftOut` is the rule under which the log tells how many problems it left out. */
export function createProblemLog<Rule extends string>(leftOut: Rule): ProblemLog<Rule> {
  const kept: Problem<Rule>[] = [];
  const rules = new Set<Rule>();
  let dropped = 0;
  return {
    add(rule, message, more) {
      // The first of each rule is kept whatever came before: a flood of one kind hides no other.
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
