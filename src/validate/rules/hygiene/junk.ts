import { defineRule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

/** Files that editors, systems and interpreters leave behind. */
const JUNK =
  /(^|\/)(__pycache__|__MACOSX|\.git|\.svn|\.ipynb_checkpoints|\.idea|\.vscode|node_modules)\/|(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$|\.(pyc|pyo|swp|orig|rej|mar)$|~$/;

const SHOWN = 5;

export const hygieneJunk = defineRule({
  id: 'hygiene/junk',
  severity: 'info',
  title: 'The archive has no accidental files',
  help: 'Caches, version control, editor files and archives of earlier runs make an archive larger, differ from machine to machine, and may contain private data. Name files rather than folders in --extra-files, or leave them out with an exclude pattern.',
  fix: {
    what: 'removes them',
    async apply(files, subject) {
      const junk = new Set<string>((await findJunk(subject)).map(({ path }) => path));
      return files.filter(({ path }) => !junk.has(path));
    },
  },
  async check(subject) {
    const members = await findJunk(subject);
    const [first] = members;
    if (!first) return [];
    const bytes = members.reduce((sum, { size }) => sum + size, 0);
    const names = members.slice(0, SHOWN).map(({ path }) => path);
    const message = `${members.length} member${members.length === 1 ? '' : 's'} of ${bytes} bytes in all look left over: ${names.join(', ')}${members.length > SHOWN ? ', …' : ''}.`;
    return [{ message, at: { member: first.path }, hint: 'Leave them out and pack again.' }];
  },
});

/** A file named by the manifest is intended, whatever its name. */
async function findJunk(subject: Subject) {
  const named = new Set<unknown>(Object.values(await subject.model()));
  return [...(await subject.members()).values()].filter(({ path }) => JUNK.test(path) && !named.has(path));
}
