import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSubject } from '../../../src/validate/open-subject.ts';
import { allRules } from '../../../src/validate/rules/index.ts';
import { workflowRules } from '../../../src/validate/rules/workflow/index.ts';
import { runRules } from '../../../src/validate/run.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { makeWar, type WarContent } from '../../support/make-war.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { workflowCases } from '../workflow-cases.ts';

async function judge(path: string) {
  const subject = await openSubject(path);
  try {
    return { kind: subject.kind, findings: await runRules(subject, allRules) };
  } finally {
    await subject.close();
  }
}

const judgeWar = async (content: WarContent) => judge(await makeWar(join(await tempTree(), 'wf.war'), content));

describe.each(workflowRules.map(({ id }) => id))('%s', (rule) => {
  const cases = workflowCases.filter((found) => found.rule === rule);

  it.each(cases)('$about: $expected', async ({ expected, says, about: _, rule: __, ...content }) => {
    const { findings } = await judgeWar(content);
    expect(findings.filter((finding) => finding.rule === 'internal/rule-failed')).toEqual([]);
    const [first, ...others] = findings.filter((finding) => finding.rule === rule);
    if (expected === 'none') expect(first?.message).toBeUndefined();
    expect(first?.severity ?? 'none', first?.message).toBe(expected);
    if (says !== undefined)
      expect([first, ...others].map((one) => `${one?.message} ${one?.hint}`).join()).toContain(says);
  });

  it('has a bad and a good case', () => {
    const verdicts = cases.map(({ expected }) => expected);
    expect(verdicts).toContain('none');
    expect(verdicts.some((verdict) => verdict !== 'none')).toBe(true);
  });
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
