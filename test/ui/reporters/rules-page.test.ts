import { expect, test } from 'vitest';
import { formatRulesPage } from '../../../src/ui/reporters/rules-page.ts';

type Result = Parameters<typeof formatRulesPage>[0];

test('rules are listed under their area, and their text is never markup', () => {
  const rules = [
    { id: 'archive/a', severity: 'error', title: 'A <b>', help: 'Use `x` [here]_.' },
    { id: 'config/b', severity: 'warning', title: 'B', help: 'Help.', fix: 'writes it', run: true },
  ];
  const page = formatRulesPage({ rules } as unknown as Result);
  expect(page.match(/^## .*$/gm)).toEqual(['## archive', '## config']);
  expect(page).toContain('**A \\<b\\>.** (error)');
  expect(page).toContain('Use \\`x\\` \\[here\\]\\_.');
  expect(page).toContain('(warning; `--fix` writes it; only with `--run`)');
});
