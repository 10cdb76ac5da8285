// Writes schemas/*.json from the zod schemas of the built product; with --check it writes nothing and fails on a difference.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const schemasFolder = new URL('../schemas/', import.meta.url);

/** File name → what it describes, where its zod schema is, and which side of it (what is read, or what comes out). */
const published = {
  manifest: ['MAR-INF/MANIFEST.json', 'model/documents/manifest.js', 'manifestSchema', 'input'],
  'pack-config': ['mar.config.json of mar pack', 'commands/pack/options.js', 'packConfigSchema', 'input'],
  'pack-result': ['mar pack --json', 'commands/pack/pack.js', 'packResultSchema', 'output'],
  'inspect-result': ['mar inspect --json', 'commands/inspect/result.js', 'inspectResultSchema', 'output'],
  'pack-record': ['MAR-INF/mar.json of mar pack', 'model/documents/record.js', 'packRecordSchema', 'output'],
  'repack-result': ['mar repack --json', 'commands/pack/repack.js', 'repackResultSchema', 'output'],
  'extract-result': ['mar extract --json', 'commands/extract.js', 'extractResultSchema', 'output'],
  findings: ['mar validate --json', 'commands/validate/validate.js', 'validateReportSchema', 'output'],
  'validate-config': [
    'mar.validate.json of mar validate',
    'commands/validate/options.js',
    'validateConfigSchema',
    'input',
  ],
  'explain-result': ['mar explain --json', 'commands/explain.js', 'explainResultSchema', 'output'],
  'predict-result': ['mar predict --json', 'commands/predict.js', 'predictResultSchema', 'output'],
};

async function generate() {
  const files = new Map();
  for (const [name, [title, module, key, io]] of Object.entries(published)) {
    const schema = (await import(new URL(`../dist/${module}`, import.meta.url)))[key];
    const json = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
    files.set(`${name}.json`, `${JSON.stringify({ title, ...json }, null, 2)}\n`);
  }
  return files;
}

async function findDrift(files) {
  const present = (await readdir(schemasFolder).catch(() => [])).filter((file) => file.endsWith('.json'));
  const stale = present.filter((file) => !files.has(file)).map((file) => `${file} describes nothing`);
  const read = (file) => readFile(new URL(file, schemasFolder), 'utf8').catch(() => undefined);
  const states = await Promise.all([...files].map(async ([file, text]) => [file, await read(file), text]));
  const missing = states.filter(([, found]) => found === undefined).map(([file]) => `${file} is missing`);
  const changed = states.filter(([, found, text]) => found !== undefined && found !== text);
  return [...missing, ...changed.map(([file]) => `${file} differs from its zod schema`), ...stale];
}

async function write(files) {
  await rm(schemasFolder, { recursive: true, force: true });
  await mkdir(schemasFolder, { recursive: true });
  for (const [file, text] of files) await writeFile(new URL(file, schemasFolder), text);
}

const files = await generate();
if (process.argv.includes('--check')) {
  const drift = await findDrift(files);
  for (const line of drift) console.error(`schemas: ${line}`);
  if (drift.length > 0) {
    console.error('Run: npm run schemas');
    process.exitCode = 1;
  } else console.log(`schemas: ${files.size} files are as their zod schemas have them`);
} else {
  await write(files);
  console.log(`${files.size} schemas in ${fileURLToPath(schemasFolder)}`);
}
