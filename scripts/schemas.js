// Writes schemas/*.json from the zod schemas of the built product; with --check it writes nothing and fails on a difference.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { publishedSchemas } from '../dist/core/documents/published-schemas.js';

const schemasFolder = new URL('../schemas/', import.meta.url);
const src = new URL('../src/', import.meta.url);
const dist = new URL('../dist/', import.meta.url);

/** Results of the library alone: the drop-ins print no JSON, and `mar validate` prints the report of several archives. */
const unpublished = ['archiveResultSchema', 'archiveWorkflowResultSchema', 'validateResultSchema'];

/** Name and value of every schema that is exported where a schema is published or a command's result is defined. */
async function collectSchemas() {
  const modules = [];
  for (const file of (await readdir(src, { recursive: true })).sort()) {
    if (!file.endsWith('.ts')) continue;
    const text = await readFile(new URL(file, src), 'utf8');
    // Only these are loaded: to load everything would take seconds.
    if (/publishedSchemas\.add\(|^export const \w+ResultSchema\b/m.test(text))
      modules.push(await import(new URL(file.replace(/\.ts$/, '.js'), dist)));
  }
  return modules.flatMap((module) => Object.entries(module)).filter(([, value]) => value instanceof z.ZodType);
}

function generate(schemas) {
  const files = new Map();
  for (const [, schema] of schemas) {
    const publication = publishedSchemas.get(schema);
    if (publication === undefined) continue;
    const { file, title, io } = publication;
    const json = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
    files.set(`${file}.json`, `${JSON.stringify({ title, ...json }, null, 2)}\n`);
  }
  return files;
}

/** Results of commands that no file of `schemas` describes. */
function findUnpublished(schemas) {
  return schemas
    .filter(([name, schema]) => /ResultSchema$/.test(name) && !publishedSchemas.has(schema))
    .map(([name]) => name)
    .filter((name) => !unpublished.includes(name));
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

const schemas = await collectSchemas();
const files = generate(schemas);
if (process.argv.includes('--check')) {
  const missing = findUnpublished(schemas).map((name) => `${name} is not in publishedSchemas`);
  const drift = [...missing, ...(await findDrift(files))];
  for (const line of drift) console.error(`schemas: ${line}`);
  if (drift.length > 0) {
    console.error('Run: npm run schemas');
    process.exitCode = 1;
  } else console.log(`schemas: ${files.size} files are as their zod schemas have them`);
} else {
  await write(files);
  console.log(`${files.size} schemas in ${fileURLToPath(schemasFolder)}`);
}
