import { expect, test } from 'vitest';
import { planTree } from '../../src/archive/plan/plan-tree.ts';
import { plannedFiles, rewriteFix } from '../../src/validate/fix-files.ts';
import { planSubject } from '../../src/validate/open-subject.ts';
import { planContents } from '../support/plan-files.ts';

test('files are planned again in their order, MAR-INF last; a fault of structure needs no other change', async () => {
  const tree = planTree('m.mar', planContents({ 'MAR-INF/MANIFEST.json': '{}', 'z.txt': 'z', 'a.txt': 'a' }));
  const subject = planSubject('m.mar', tree);
  const files = await plannedFiles(subject);
  expect(files.map(({ path }) => path)).toEqual(['a.txt', 'z.txt', 'MAR-INF/MANIFEST.json']);
  expect(await rewriteFix.apply(files, subject, new Date())).toBe(files);
});
