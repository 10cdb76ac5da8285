import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSubject } from '../../src/validate/open-subject.ts';
import { defineRule } from '../../src/validate/rule.ts';
import { RULE_FAILED, runRules } from '../../src/validate/run.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

const words = { severity: 'warning', title: 'A title', help: 'Help.' } as const;
const broken = defineRule({
  id: 'hygiene/broken',
  ...words,
  check() {
    throw new TypeError('a fault of the rule');
  },
});
const speaking = defineRule({
  id: 'hygiene/speaking',
  ...words,
  check: () => [{ message: 'first' }, { message: 'second', severity: 'info' }],
});

describe('runRules', () => {
  it('reports a rule that throws, and runs the others, in their order', async () => {
    const path = await makeMar(join(await tempTree(), 'm.mar'), { manifest: manifestOf({}) });
    const subject = await openSubject(path);
    const findings = await runRules(subject, [broken, speaking]);
    await subject.close();
    expect(findings).toMatchObject([
      { rule: RULE_FAILED, severity: 'error', at: { path } },
      { rule: 'hygiene/speaking', severity: 'warning', message: 'first', at: { path } },
      { rule: 'hygiene/speaking', severity: 'info', message: 'second' },
    ]);
    expect(findings[0]?.message).toContain('hygiene/broken could not be checked: a fault of the rule');
  });

  it('reports a fault once that several rules find', async () => {
    const path = await makeMar(join(await tempTree(), 'm.mar'), { manifest: manifestOf({}) });
    const subject = await openSubject(path);
    const fault = new Error('the disk is gone');
    const rules = ['hygiene/a', 'hygiene/b'].map((id) =>
      defineRule({ ...words, id: id as 'hygiene/a', check: () => Promise.reject(fault) }),
    );
    expect(await runRules(subject, rules)).toHaveLength(1);
    await subject.close();
  });

  it('runs only structure rules if the members are unknown', async () => {
    const root = await tempTree({ 'broken.mar': 'PK\u0003\u0004 and no more' });
    const subject = await openSubject(join(root, 'broken.mar'));
    expect(await runRules(subject, [speaking])).toEqual([]);
    await subject.close();
  });
});
