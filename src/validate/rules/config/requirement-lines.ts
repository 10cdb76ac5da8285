import type { RequirementLine } from '../../../model/documents/requirements.ts';
import { defineRule, type Observation } from '../../rule.ts';

export const configRequirementLines = defineRule({
  id: 'config/requirement-lines',
  severity: 'error',
  title: 'pip can read every requirement',
  help: 'One line pip cannot read makes it install none of them: "torch=2.1" instead of "torch==2.1", two packages on a line, a comma between them, ">=4.*", a comment without a space before its "#", an option that pip knows on its command line only. A package named twice with different versions is a warning: mostly it cannot be resolved.',
  async check(subject) {
    const { lines, unreadable } = await subject.requirements();
    const refused = lines.flatMap((found) => {
      if (found.kind !== 'refused') return [];
      const { line, text, member, reason } = found;
      const message = `Line ${line} of ${member} is refused by pip, which then installs nothing: ${JSON.stringify(text)}: ${reason}.`;
      return [{ message, at: { member, line }, hint: 'Write one package per line: name==1.2.3' }];
    });
    const closed = unreadable.map(({ member, reason }) => ({
      message: `${member} cannot be read: ${reason}.`,
      at: { member },
      hint: 'Save it as UTF-8.',
    }));
    return [...closed, ...refused, ...findTwice(lines)];
  },
});

/** A package may occur twice if markers exclude each other. */
function findTwice(lines: readonly RequirementLine[]): Observation[] {
  const seen = new Map<string, RequirementLine & { readonly kind: 'package' }>();
  return lines.flatMap((found) => {
    if (found.kind !== 'package' || found.marker !== '') return [];
    const before = seen.get(found.name);
    if (before === undefined) seen.set(found.name, found);
    if (before === undefined || before.versions === found.versions) return [];
    const { member, line, name, text } = found;
    const places =
      before.member === member
        ? `lines ${before.line} and ${line} of ${member}`
        : `line ${before.line} of ${before.member} and line ${line} of ${member}`;
    return [
      {
        severity: 'warning',
        message: `${name} is required in ${places}: ${before.text} and ${text}.`,
        at: { member, line },
        hint: 'Keep one of them.',
      },
    ];
  });
}
