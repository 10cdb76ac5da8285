import { defineRule } from '../../rule.ts';

/** Lines that make pip fetch from somewhere else than its configured index. */
const FOREIGN =
  /^(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|-e|--editable)\b|:\/\/|^git\+|@\s*(git\+|https?:|file:)/;

export const configRequirementSources = defineRule({
  id: 'config/requirement-sources',
  severity: 'warning',
  title: 'Requirements come from the configured index',
  help: "URLs, version control and other indexes make a server run code from places that nobody has agreed to, and a second index lets a stranger's package take the place of a private one.",
  async check(subject) {
    const { lines } = await subject.requirements();
    return lines
      .filter(({ text }) => FOREIGN.test(text))
      .map(({ text, line, member }) => ({
        message: `Line ${line} of ${member} fetches from elsewhere: ${text}`,
        at: { member, line },
        hint: 'Name a released package and its version.',
      }));
  },
});
