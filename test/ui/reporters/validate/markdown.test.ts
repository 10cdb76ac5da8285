import { expect, test } from 'vitest';
import { formatValidateMarkdown } from '../../../../src/ui/reporters/validate/markdown.ts';

type Result = Parameters<typeof formatValidateMarkdown>[0];
const show = (findings: unknown[]) =>
  formatValidateMarkdown({
    path: 'm.mar',
    passed: findings.length === 0,
    findings,
    rules: [1, 2],
  } as unknown as Result);

test('without findings the report is a title', () => {
  expect(show([])).toBe('### m.mar: good\n\nno findings, 2 rules checked\n');
});

test('text from an archive is never markup', () => {
  const text = show([{ rule: 'a/b', severity: 'error', message: '<img> | *x*', at: { member: 'a`b' } }]);
  expect(text).toContain('&lt;img&gt; \\| \\*x\\*');
  expect(text).not.toContain('<img>');
});
