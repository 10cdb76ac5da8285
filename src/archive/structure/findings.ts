import type { Finding, Location } from '../../core/finding.ts';
import { createProblemLog, toFinding } from '../../core/problem.ts';
import { type ArchiveRuleId, archiveRules } from './rules.ts';

/** Errors of form only: the members are known and verified, but TorchServe's reader cannot load them. */
const formRules: ReadonlySet<ArchiveRuleId> = new Set(['archive/descriptor-stored']);

/** Collects what one reading sees. */
export interface FindingLog {
  /** All so far. */
  readonly findings: readonly Finding[];
  /** The severity is the rule's own. */
  add(rule: ArchiveRuleId, message: string, at?: Location): void;
  has(test: (rule: ArchiveRuleId) => boolean): boolean;
  /** Whether a logged error leaves the members unknown. */
  untrusted(): boolean;
}

export function createFindingLog(path: string): FindingLog {
  const log = createProblemLog<ArchiveRuleId>('archive/left-out');
  return {
    get findings() {
      return log.list().map((problem) => toFinding(problem, archiveRules[problem.rule].severity, path));
    },
    add: (rule, message, at) => log.add(rule, message, at && { at }),
    has: log.has,
    untrusted: () => log.has((rule) => archiveRules[rule].severity === 'error' && !formRules.has(rule)),
  };
}
