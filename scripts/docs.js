/** `npm run docs`: docs/cli/ from the tables of flags that the commands are built from. `--check` writes nothing and names what is out of date. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatCommand, formatDropIn, formatIndex } from './docs/cli-reference.js';

const folder = join(resolve(import.meta.dirname, '..'), 'docs', 'cli');
const built = (path) => import(`../dist/cli/${path}`);
const [{ commands }, { commonFlags }, { archiverFlags }, { workflowFlags }] = await Promise.all([
  built('commands/index.js'),
  built('program/flags.js'),
  built('drop-in/archiver-flags.js'),
  built('drop-in/workflow-flags.js'),
]);

const dropIns = [
  { name: 'ts-model-archiver', original: 'torch-model-archiver', flags: archiverFlags },
  { name: 'ts-workflow-archiver', original: 'torch-workflow-archiver', flags: workflowFlags },
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

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    process.stderr.write(`docs/cli is out of date (${stale.join(', ')}). Run: npm run docs\n`);
    process.exitCode = 1;
  }
} else {
  for (const name of stale) await rm(join(folder, name), { force: true });
  for (const [name, text] of wanted) await writeFile(join(folder, name), text);
}
