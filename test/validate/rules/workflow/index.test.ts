import { join } from 'node:path';
import { expect, it } from 'vitest';
import { workflowRules } from '../../../../src/validate/rules/workflow/index.ts';
import { makeMar, manifestOf } from '../../../support/make-mar.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { judge, judgeWar } from '../../workflow-cases.ts';

it('every rule about workflows is of their area', () => {
  for (const { id } of workflowRules) expect(id).toMatch(/^workflow\//);
});

it('a sound workflow has no finding: the rules about model archives are not asked', async () => {
  const spec = 'models:\n  m1: { url: m.mar }\ndag:\n  pre: [m1]\n';
  expect(await judgeWar({ spec, handler: ['wf.py', 'def pre(data, context):\n    return data\n'] })).toEqual({
    kind: 'workflow',
    findings: [],
  });
});

it('the rules about code and weights hold for workflows too', async () => {
  const spec = 'models: {}\ndag:\n  pre: []\n';
  const { findings } = await judgeWar({
    spec,
    handler: ['wf.py', 'def pre(data, context:\n'],
    files: { 'state.pkl': Buffer.from('cposix\nsystem\n(S"true"\ntR.') },
  });
  const rules = findings.map(({ rule }) => rule);
  expect(rules).toContain('handler/python-syntax');
  expect(rules.some((rule) => rule.startsWith('weights/pickle'))).toBe(true);
});

it('a model archive is not asked for a workflow', async () => {
  const path = await makeMar(join(await tempTree(), 'm.mar'), {
    files: { 'handler.py': 'def handle(data, context):\n    return data\n' },
    manifest: manifestOf({}),
  });
  const { kind, findings } = await judge(path);
  expect([kind, findings.filter(({ rule }) => rule.startsWith('workflow/'))]).toEqual(['archive', []]);
});
