import { type ArchiveRuleId, archiveRules } from '../../../archive/structure/rules.ts';
import { keysOf } from '../../../core/names/known-words.ts';
import { rewriteFix } from '../../fix-files.ts';
import { defineRule, type Rule } from '../../rule.ts';

/** Errors of form only: the members are verified, and our writer does not repeat the error. */
const formRules: ReadonlySet<string> = new Set<ArchiveRuleId>([
  'archive/comment',
  'archive/descriptor-stored',
  'archive/flat-tar',
  'archive/setuid',
  'archive/zip64-small',
]);

/** The structure rules: the archive reader checks them while it reads, these report them. */
export const structureRules: readonly Rule[] = keysOf(archiveRules)
  .map((id) => ({ id, ...archiveRules[id] }))
  .map(({ id, severity, title, help }) =>
    defineRule({
      id,
      severity,
      title,
      help,
      ...(formRules.has(id) ? { fix: rewriteFix } : {}),
      check: ({ structure }) =>
        structure
          .filter((finding) => finding.rule === id)
          .map(({ message, at, hint, severity: seen }) => ({
            message,
            at,
            severity: seen,
            ...(hint === undefined ? {} : { hint }),
          })),
    }),
  );
