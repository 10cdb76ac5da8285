import { join } from 'node:path';
import { expect, it } from 'vitest';
import { workflowRules } from '../../../../src/validate/rules/workflow/index.ts';
import { makeMar, manifestOf } from '../../../support/make-mar.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { judge, judgeWar } from '../../workflow-cases.ts';

it('every workflow rule is in the area workflow', () => {
  for (const { id } of workflowRules) expect(id).toMatch(/^workflow\//);
});

it('a valid workflow has no finding, since rules about model archives do not apply', async () => {
  const spec = 'models:\n  m1: { url: m.mar }\ndag:\n  pre: [m1]\n';
  expect(await judgeWar({ spec, handler: ['wf.py', 'def pre(data, context):\n    return data\n'] })).toEqual({
    kind: 'workflow',
    findings: [],
  });
});

it('rules about code and weights apply to workflows too', async () => {
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

it('workflow rules do not apply to a model archive', async () => {
  const path = await makeMar(join(await tempTree(), 'm.mar'), {
    files: { 'handler.py': 'def handle(data, context):\n    return data\n' },
    manifest: manifestOf({}),
  });
  const { kind, findings } = await judge(path);
  expect([kind, findings.filter(({ rule }) => rule.startsWith('workflow/'))]).toEqual(['archive', []]);
});
