import type { Finding, Location } from '../../core/finding.ts';
import { type ArchiveRuleId, archiveRules } from './rules.ts';

/**
 * Most findings one reading keeps. A hostile archive can break every rule in each of its members; the first
 * hundreds say what there is to say, and memory stays bounded.
 */
const MAX_FINDINGS = 500;

/** Form alone forbids these: the members are known and proven, only TorchServe's reader cannot load them. */
const formRules: ReadonlySet<string> = new Set<ArchiveRuleId>(['archive/descriptor-stored']);

/** Collects what one reading sees. */
export interface FindingLog {
  readonly findings: readonly Finding[];
  /** The severity is the rule's own. */
  add(rule: ArchiveRuleId, message: string, at?: Location, hint?: string): void;
  /** Whether an error was logged that leaves unknown what the members are. */
  untrusted(): boolean;
}

export function createFindingLog(path: string): FindingLog {
  const findings: Finding[] = [];
  let untrusted = false;
  return {
    findings,
    add(rule, message, at = {}, hint) {
      const { severity } = archiveRules[rule];
      if (severity === 'error' && !formRules.has(rule)) untrusted = true;
      if (findings.length >= MAX_FINDINGS) return;
      findings.push({ rule, severity, message, at: { path, ...at }, ...(hint === undefined ? {} : { hint }) });
    },
    untrusted: () => untrusted,
  };
}
