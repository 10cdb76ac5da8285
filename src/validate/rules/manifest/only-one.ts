import { MANIFEST_PATH } from '../../../core/paths.ts';
import { defineRule } from '../../rule.ts';

export const manifestOnlyOne = defineRule({
  id: 'manifest/only-one',
  severity: 'warning',
  title: 'There is one manifest',
  help: 'A second MANIFEST.json in a MAR-INF folder, or one that differs only in case, remains when an archive was packed into another one, or tries to show two tools different models.',
  async check(subject) {
    const members = [...(await subject.members()).keys()];
    if (!members.includes(MANIFEST_PATH)) return [];
    const others = members.filter(
      (member) => member !== MANIFEST_PATH && /(^|\/)mar-inf\/manifest\.json$/i.test(member),
    );
    return others.map((member) => ({
      message: `${JSON.stringify(member)} looks like a second manifest.`,
      at: { member },
      hint: 'Remove it, unless the handler needs it.',
    }));
  },
});
