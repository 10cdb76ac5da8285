import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { explain } from '../../src/commands/explain.ts';
import { formatRulesPage } from '../../src/ui/reporters/rules-page.ts';

it('docs/rules.md is generated from the rules (npm run docs writes it)', async () => {
  const page = await readFile(new URL('../../docs/rules.md', import.meta.url), 'utf8');
  expect(page).toBe(formatRulesPage(await explain({})));
});
