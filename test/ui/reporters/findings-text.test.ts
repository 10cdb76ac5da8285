import { expect, test } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { countFindings, formatFindings } from '../../../src/ui/reporters/findings-text.ts';
import { createStyle } from '../../../src/ui/style.ts';

const finding = (severity: Finding['severity'], rule: string, more: Partial<Finding> = {}): Finding => ({
  rule,
  severity,
  message: 'It is wrong.',
  at: {},
  ...more,
});

test('findings are counted by severity, the worst first', () => {
  expect(countFindings([])).toBe('no findings');
  const all = [finding('info', 'a/a'), finding('warning', 'a/b'), finding('error', 'a/c'), finding('error', 'a/d')];
  expect(countFindings(all)).toBe('2 errors, 1 warning, 1 info');
});

test('each finding is shown with its rule, its member and its hint, the worst first', () => {
  const all = [finding('info', 'a/last'), finding('error', 'a/first', { at: { member: 'h.py' }, hint: 'Mend it.' })];
  const text = formatFindings(all, createStyle({ color: false }));
  expect(text).toContain('a/first  h.py: It is wrong.');
  expect(text).toContain('→ Mend it.');
  expect(text.indexOf('a/first')).toBeLessThan(text.indexOf('a/last'));
});
