import { expect, test } from 'vitest';
import { formatValidateGithub } from '../../../../src/ui/reporters/validate/github.ts';

type Result = Parameters<typeof formatValidateGithub>[0];
const show = (...findings: unknown[]) => formatValidateGithub({ findings } as unknown as Result);

test('a finding is one annotation, which its text cannot end', () => {
  const text = show({
    rule: 'a/b',
    severity: 'warning',
    message: '100%\n::error::x',
    at: { path: 'a,b:c.mar' },
    hint: 'Do.',
  });
  expect(text).toBe('::warning file=a%2Cb%3Ac.mar,title=a/b::100%25%0A::error::x%0ADo.\n');
});

test('an info is a notice, and no findings give no text', () => {
  expect(show({ rule: 'a/b', severity: 'info', message: 'x', at: {} })).toMatch(/^::notice /);
  expect(show()).toBe('');
});
