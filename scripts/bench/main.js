/**
 * `npm run bench [-- NAME…]`: runs the benchmarks of this folder on the built product, prints what they find and keeps every raw
 * number in bench-results/. A benchmark is one file here that exports `run(report, flags)`, and one line in `benchmarks`.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeMachine, projectRoot } from './machine.js';
import { createReport } from './report.js';

const benchmarks = ['cli', 'serve', 'python-worker', 'archive'].filter((name) => existsSync(fileOf(name)));

function fileOf(name) {
  return join(import.meta.dirname, `${name}.js`);
}

async function main(words) {
  const flags = words.filter((word) => word.startsWith('--'));
  const wanted = words.filter((word) => !word.startsWith('--'));
  const unknown = wanted.find((name) => !benchmarks.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no benchmark "${unknown}". There are: ${benchmarks.join(', ')}.`);
  const machine = await describeMachine();
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}\n`,
  );
  for (const name of wanted.length > 0 ? wanted : benchmarks) {
    console.log(name);
    const report = createReport((line) => console.log(`  ${line}`));
    const { run } = await import(fileOf(name));
    await run(report, flags);
    console.log(`  raw numbers: ${await keep(name, machine, report.measures)}\n`);
  }
}

async function keep(name, machine, measures) {
  const at = new Date().toISOString();
  const file = join('bench-results', `${name}-${at.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(join(projectRoot, 'bench-results'), { recursive: true });
  await writeFile(join(projectRoot, file), `${JSON.stringify({ benchmark: name, at, machine, measures }, null, 2)}\n`);
  return file;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
