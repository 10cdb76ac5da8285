// Writes docs/rules.md from the rules of the built product; with --check it writes nothing and fails on a difference.
import { readFile, writeFile } from 'node:fs/promises';
import { explain } from '../dist/commands/explain.js';
import { formatRulesPage } from '../dist/ui/reporters/rules-page.js';

const target = new URL('../docs/rules.md', import.meta.url);
const text = formatRulesPage(await explain({}));

if (!process.argv.includes('--check')) await writeFile(target, text);
else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docs/rules.md is out of date. Run: npm run docs\n');
  process.exitCode = 1;
}
