import { describe, expect, it } from 'vitest';
import { archiveRules } from '../../../src/archive/structure/rules.ts';
import { planSubject } from '../../../src/validate/open-subject.ts';
import { areas } from '../../../src/validate/rule.ts';
import { allRules } from '../../../src/validate/rules/index.ts';
import { runRules } from '../../../src/validate/run.ts';
import { weightsRules } from '../../../src/weights/index.ts';
import { manifestOf } from '../../support/make-mar.ts';

describe('allRules', () => {
  it('has unique ids, in known areas, with a title and help in full sentences', () => {
    const ids = allRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, help } of allRules) {
      expect(areas, id).toContain(id.split('/')[0]);
      expect(title, id).toMatch(/^\S.*[^.]$/);
      expect(help, id).toMatch(/\.$|[^ ]: .+$/);
    }
  });

  it('contains every structure rule and every weights rule', () => {
    const ids = new Set<string>(allRules.map(({ id }) => id));
    for (const id of [...Object.keys(archiveRules), ...Object.keys(weightsRules)]) expect(ids).toContain(id);
  });
});

describe('planSubject', () => {
  it('a plan gets the verdict of the archive that would be written', async () => {
    const { planTree } = await import('../../../src/archive/plan/plan-tree.ts');
    const { bufferSource } = await import('../../../src/core/byte-source.ts');
    const { toArchivePath } = await import('../../../src/core/paths.ts');
    const bytes = Buffer.from(JSON.stringify(manifestOf({ handler: 'gone.py' })));
    const path = toArchivePath('MAR-INF/MANIFEST.json');
    const open = async () => bufferSource('manifest', bytes);
    const tree = planTree('m.mar', [{ path, size: bytes.length, mode: 0o644, origin: 'test', open }]);
    const findings = await runRules(planSubject('m.mar', tree), allRules);
    expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['error handler/present']);
  });
});
