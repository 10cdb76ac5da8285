import { expect, test } from 'vitest';
import { validateReporters } from '../../../../src/ui/reporters/validate/index.ts';
import { createStyle } from '../../../../src/ui/style.ts';

type Results = Parameters<(typeof validateReporters)['human']>[0];

test('every reporter shows the rule and the path of a finding', () => {
  const findings = [{ rule: 'hygiene/junk', severity: 'warning', message: 'It is junk.', at: { path: 'm.mar' } }];
  const rules = [{ id: 'hygiene/junk', severity: 'warning', title: 'T', help: 'H.' }];
  const result = {
    schemaVersion: 1,
    path: 'm.mar',
    kind: 'archive',
    passed: true,
    failOn: 'error',
    members: 1,
    rules,
    findings,
  };
  const options = { style: createStyle({ color: false }), toolVersion: '1.0.0' };
  for (const [name, report] of Object.entries(validateReporters)) {
    const text = report([result] as unknown as Results, options);
    expect(text, name).toContain('hygiene/junk');
    expect(text, name).toContain('m.mar');
  }
});
