import { type ArchiveRuleId, archiveRules } from '../../../core/archive/rules.ts';
import { defineRule, type Rule } from '../../rule.ts';

/** The structure rules: checked by the reader of archives while it reads, told here. */
export const structureRules: readonly Rule[] = Object.entries(archiveRules).map(([id, { severity, title, help }]) =>
  defineRule({
    // The keys of the record are the ids.
    id: id as ArchiveRuleId,
    severity,
    title,
    help,
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
