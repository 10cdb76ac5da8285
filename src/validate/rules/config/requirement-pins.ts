import { defineRule } from '../../rule.ts';

export const configRequirementPins = defineRule({
  id: 'config/requirement-pins',
  severity: 'info',
  title: 'Requirements pin a version',
  help: 'A line without "==" installs the newest version on the day a worker starts, so that the same model version runs different code on two machines or two days.',
  async check(subject) {
    const lines = (await subject.requirements()).lines.filter(({ kind }) => kind === 'package');
    const open = lines.filter(
      (found) => found.kind === 'package' && found.url === undefined && !/^===?\s*[^*,\s]+$/.test(found.versions),
    );
    const [first] = open;
    if (first === undefined) return [];
    const names = open.map(({ text }) => text).slice(0, 5);
    const message = `${open.length} of ${lines.length} packages of ${first.member} leave the version open: ${names.join(', ')}${open.length > 5 ? ', …' : ''}.`;
    return [
      {
        message,
        at: { member: first.member, line: first.line },
        hint: 'Write name==version, as "pip freeze" prints them.',
      },
    ];
  },
});
