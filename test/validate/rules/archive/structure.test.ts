import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { archiveRules } from '../../../../src/archive/structure/rules.ts';
import { openSubject } from '../../../../src/validate/open-subject.ts';
import { structureRules } from '../../../../src/validate/rules/archive/structure.ts';
import { runRules } from '../../../../src/validate/run.ts';
import { makeZip } from '../../../support/make-zip.ts';
import { tempTree } from '../../../support/temp-tree.ts';

async function judge(mode: number, comment = '') {
  const path = join(await tempTree(), 'm.mar');
  await writeFile(path, makeZip([{ name: 'a.txt', content: 'a', mode }], { comment }));
  const subject = await openSubject(path);
  try {
    return await runRules(subject, structureRules);
  } finally {
    await subject.close();
  }
}

it('every finding of the archive reader has a rule', () => {
  expect(structureRules.map(({ id }) => id)).toEqual(Object.keys(archiveRules));
});

it('a finding of the reader is reported by its rule, with the member', async () => {
  expect(await judge(0o104755)).toMatchObject([{ rule: 'archive/setuid', at: { member: 'a.txt' } }]);
  expect((await judge(0o100644, 'x'.repeat(2000))).map(({ rule }) => rule)).toEqual(['archive/comment']);
});

it('a valid archive has no finding', async () => {
  expect(await judge(0o100644)).toEqual([]);
});

it('only an error of form can be fixed by writing the archive again', () => {
  const fixable = structureRules.filter(({ fix }) => fix !== undefined).map(({ id }) => id);
  expect(fixable).toContain('archive/setuid');
  expect(fixable).not.toContain('archive/overlap');
  expect(fixable.length).toBeLessThan(structureRules.length);
});
