import { defineRule } from '../../rule.ts';

const SHOWN = 3;

export const hygieneSize = defineRule({
  id: 'hygiene/size',
  severity: 'error',
  title: 'The archive is within its size budget',
  help: 'A budget is set with --max-size or maxSize of the config file; without one the rule reports nothing. It counts the bytes of the archive file, or of the files of a folder: what every machine that serves the model has to fetch and keep.',
  async check(subject) {
    const { sizeBudget, archive } = subject;
    const members = [...(await subject.members()).values()];
    const size = archive?.size ?? members.reduce((sum, member) => sum + member.size, 0);
    if (sizeBudget === undefined || size <= sizeBudget) return [];
    const largest = members
      .map(({ path, size: unpacked, packed }) => ({ path, size: packed?.size ?? unpacked }))
      .sort((a, b) => b.size - a.size)
      .slice(0, SHOWN);
    const shown = largest.map((member) => `${member.path} (${member.size})`).join(', ');
    const message = `The archive has ${size} bytes, ${size - sizeBudget} more than its budget of ${sizeBudget}. The largest members: ${shown}.`;
    return [{ message, hint: 'Leave out what is not served, or raise the budget.' }];
  },
});
