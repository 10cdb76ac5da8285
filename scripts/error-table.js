/** Writes docs/errors.md from the catalogue of codes; `--check` says whether it is up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exitCodeOf } from '../dist/cli/program/exit-code.js';
import { errorCatalogue } from '../dist/core/error-catalogue.js';
import { ToolError } from '../dist/core/errors.js';

const target = join(resolve(import.meta.dirname, '..'), 'docs/errors.md');

/** Stands for the values of a message: every one reads as its own name, also where a list is joined. */
const names = new Proxy({}, { get: (_target, name) => placeholder(`‹${String(name)}›`) });
const placeholder = (text) => Object.assign(Object(text), { join: () => text, map: () => placeholder(text) });
const cell = (text) => text.replaceAll('\n', ' ').replaceAll('|', '\\|').replaceAll('"‹', '‹').replaceAll('›"', '›');

const rows = Object.entries(errorCatalogue).map(([code, word]) => {
  const { message, hint } = word(names);
  return `| ${code} | ${exitCodeOf(new ToolError(code, names))} | ${cell(message)} | ${cell(hint ?? '')} |`;
});

const text = `# Error codes

What the tool can fail with. A code is permanent: never renamed, never reused. Values stand in ‹›. The exit code is that of \`mar\`; the
drop-ins end with 1 for every failure and 2 for wrong usage. Written by \`npm run docs\` from \`error-catalogue.ts\`; \`npm run check\` compares.

| code | exit | message | next step |
|---|---|---|---|
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) await writeFile(target, text);
else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docs/errors.md is out of date. Run: npm run docs\n');
  process.exitCode = 1;
}
