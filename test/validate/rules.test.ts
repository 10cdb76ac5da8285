import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveRules } from '../../src/archive/structure/rules.ts';
import { openSubject, planSubject } from '../../src/validate/open-subject.ts';
import { areas } from '../../src/validate/rule.ts';
import { allRules } from '../../src/validate/rules/index.ts';
import { workflowRules } from '../../src/validate/rules/workflow/index.ts';
import { runRules } from '../../src/validate/run.ts';
import { weightsRules } from '../../src/weights/index.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';
import { type RuleCase, ruleCases, soundHandler } from './cases.ts';

async function judge({ rule, files = soundHandler, sizeBudget, target, trial, ...rest }: RuleCase) {
  const root = await tempTree();
  const manifest = 'manifest' in rest ? rest.manifest : manifestOf({});
  const path = await makeMar(join(root, 'm.mar'), { files, manifest });
  const subject = await openSubject(path, { sizeBudget, target, ...(trial && { trial: async () => trial }) });
  try {
    const findings = await runRules(subject, allRules);
    expect(findings.filter((finding) => finding.rule === 'internal/rule-failed')).toEqual([]);
    return findings.filter((finding) => finding.rule === rule);
  } finally {
    await subject.close();
  }
}

describe.each([...new Set(ruleCases.map(({ rule }) => rule))])('%s', (rule) => {
  it.each(ruleCases.filter((found) => found.rule === rule))('$about: $expected', async (found) => {
    const [first, ...others] = await judge(found);
    expect(others).toEqual([]);
    expect(first?.severity ?? 'none', first?.message).toBe(found.expected);
    if (found.says !== undefined) expect(`${first?.message} ${first?.hint}`).toContain(found.says);
  });
});

describe('allRules', () => {
  it('has a bad and a good case for every rule that is checked here', () => {
    const workflow = workflowRules.map(({ id }) => id);
    const weights = [...Object.keys(weightsRules), 'weights/recognised'];
    const elsewhere = new Set<string>([...Object.keys(archiveRules), ...weights, ...workflow]);
    for (const { id } of allRules) {
      if (elsewhere.has(id)) continue;
      const verdicts = ruleCases.filter(({ rule }) => rule === id).map(({ expected }) => expected);
      expect(verdicts, id).toContain('none');
      expect(
        verdicts.some((verdict) => verdict !== 'none'),
        id,
      ).toBe(true);
    }
  });

  it('has one rule an id, in a known area, with a title and help in sentences', () => {
    const ids = allRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, help } of allRules) {
      expect(areas, id).toContain(id.split('/')[0]);
      expect(title, id).toMatch(/^\S.*[^.]$/);
      expect(help, id).toMatch(/\.$|[^ ]: .+$/);
    }
  });

  it('tells every structure rule and every weights rule', () => {
    const ids = new Set<string>(allRules.map(({ id }) => id));
    for (const id of [...Object.keys(archiveRules), ...Object.keys(weightsRules)]) expect(ids).toContain(id);
  });
});

describe('planSubject', () => {
  it('gives a plan the verdict of the archive that would be written', async () => {
    const { planTree } = await import('../../src/archive/plan/plan-tree.ts');
    const { bufferSource } = await import('../../src/core/byte-source.ts');
    const { toArchivePath } = await import('../../src/core/paths.ts');
    const bytes = Buffer.from(JSON.stringify(manifestOf({ handler: 'gone.py' })));
    const path = toArchivePath('MAR-INF/MANIFEST.json');
    const open = async () => bufferSource('manifest', bytes);
    const tree = planTree('m.mar', [{ path, size: bytes.length, mode: 0o644, origin: 'test', open }]);
    const findings = await runRules(planSubject('m.mar', tree), allRules);
    expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['error handler/present']);
  });
});
