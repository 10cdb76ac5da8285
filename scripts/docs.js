/**
 * `npm run docs`: docs/cli/ and the README's list of commands, from the tables of flags that the commands are built from.
 * `--check` writes nothing and names what is out of date.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatCommand, formatDropIn, formatIndex, formatSummary } from './docs/cli-reference.js';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs', 'cli');
const readme = join(root, 'README.md');
const built = (path) => import(`../dist/cli/${path}`);
const [{ commands }, { commonFlags }, { archiverFlags }, { workflowFlags }] = await Promise.all([
  built('commands/index.js'),
  built('program/flags.js'),
  built('drop-in/archiver-flags.js'),
  built('drop-in/workflow-flags.js'),
]);

const dropIns = [
  {
    name: 'ts-model-archiver',
    original: 'torch-model-archiver',
    flags: archiverFlags,
    notes: 'every flag, default, warning and exit code. For migration; `mar pack` is for new work',
  },
  {
    name: 'ts-workflow-archiver',
    original: 'torch-workflow-archiver',
    flags: workflowFlags,
    notes: 'workflow archives (`.war`)',
  },
];
const wanted = new Map([
  ['README.md', formatIndex(commands, commonFlags, dropIns)],
  ...commands.map((entry) => [`${entry.name}.md`, formatCommand(entry)]),
  ...dropIns.map((entry) => [`${entry.name}.md`, formatDropIn(entry)]),
]);

await mkdir(folder, { recursive: true });
const found = await readdir(folder);
const stale = found.filter((name) => !wanted.has(name));
for (const [name, text] of wanted)
  if ((await readFile(join(folder, name), 'utf8').catch(() => '')) !== text) stale.push(name);

const readmeText = await readFile(readme, 'utf8');
const wantedReadme = replaceBlock(readmeText, 'commands', formatSummary(commands, dropIns));
const outdated = [...(wantedReadme === readmeText ? [] : ['README.md']), ...stale.map((name) => `docs/cli/${name}`)];

if (process.argv.includes('--check')) {
  if (outdated.length > 0) {
    process.stderr.write(`Out of date: ${outdated.join(', ')}. Run: npm run docs\n`);
    process.exitCode = 1;
  }
} else {
  for (const name of stale) await rm(join(folder, name), { force: true });
  for (const [name, text] of wanted) await writeFile(join(folder, name), text);
  await writeFile(readme, wantedReadme);
}

/** The text with what stands between `<!-- NAME: … -->` and `<!-- /NAME -->` replaced. */
function replaceBlock(text, name, block) {
  const pattern = new RegExp(`(<!-- ${name}: .*? -->\n)[^]*?(\n<!-- /${name} -->)`);
  if (!pattern.test(text)) throw new Error(`README.md has no block "${name}".`);
  return text.replace(pattern, (_, start, end) => `${start}${block}${end}`);
}
