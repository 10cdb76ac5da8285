import { defineRule } from '../../rule.ts';

/** Lines that make pip install from another source than its configured index. */
const FOREIGN =
  /^(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|-e|--editable)\b|:\/\/|^git\+|@\s*(git\+|https?:|file:)/;

export const configRequirementSources = defineRule({
  id: 'config/requirement-sources',
  severity: 'warning',
  title: 'Requirements come from the configured index',
  help: 'URLs, version control and other indexes make a server run code from sources that nobody has approved, and a second index lets a public package replace a private one of the same name.',
  async check(subject) {
    const { lines } = await subject.requirements();
    return lines
      .filter(({ text }) => FOREIGN.test(text))
      .map(({ text, line, member }) => ({
        message: `Line ${line} of ${member} installs from another source: ${text}`,
        at: { member, line },
        hint: 'Name a released package and its version.',
      }));
  },
});
