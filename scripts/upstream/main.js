/**
 * `npm run test:upstream -- FOLDER [SUITE…]`: TorchServe's own suites, from a checkout of pytorch/serve, against the real server and
 * ours. Ends with 1 when something that the real one passes fails with ours and is not in `differences.js`.
 *
 *   --only real|ours   runs one of them; the other's results are those of its last run
 *   --spare FOLDER     has files that the checkout lacks, by their base names
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyCheckout, refuseCheckout } from './checkout.js';
import { differences } from './differences.js';
import { runCollection } from './newman.js';
import { runFile } from './pytest.js';
import { listServers, refuseIsolation } from './servers.js';
import { suites } from './suites.js';
import { compare, formatTable } from './table.js';

const here = import.meta.dirname;
const results = resolve(here, '../../upstream-results');

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, spare: { type: 'string' } },
  });
  const [folder, ...names] = positionals;
  const refusal = refuseCheckout(folder) ?? refuseIsolation();
  if (refusal !== undefined) return skip(refusal);
  const tools = install();
  if (typeof tools === 'string') return skip(tools);
  const wanted = chooseSuites(names);
  const servers = Object.entries(listServers(tools)).filter(([server]) => (values.only ?? server) === server);
  if (servers.length === 0) throw new Error(`--only ${values.only}: real or ours was expected.`);

  await mkdir(results, { recursive: true });
  await Promise.all(
    servers.map(([server, env]) =>
      runAll(wanted, server, { folder: resolve(folder), env, tools, spare: values.spare }),
    ),
  );
  const [real, ours] = [await readResults('real'), await readResults('ours')];
  const comparison = compare(wanted, real, ours, differences);
  console.log(formatTable(comparison));
  if (comparison.unexplained.length > 0) process.exitCode = 1;
}

function skip(reason) {
  console.log(`SKIPPED: ${reason}`);
}

/** The tools, or why they are not here. */
function install() {
  const { stdout, status } = spawnSync('bash', [join(here, 'install.sh')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = stdout.trim().split('\n');
  if (status !== 0) return lines.at(-1)?.replace(/^SKIPPED: /, '') ?? 'scripts/upstream/install.sh did not run';
  const [python, torchServePython, newman, wheels] = lines;
  return { python, torchServePython, newman, wheels };
}

function chooseSuites(names) {
  const chosen =
    names.length === 0
      ? suites
      : suites.filter(({ id, name, kind }) => names.some((one) => [id, name, kind].includes(one)));
  if (chosen.length === 0)
    throw new Error(`No suite is called ${names.join(', ')}. There are: ${suites.map(({ id }) => id).join(', ')}.`);
  return chosen;
}

async function runAll(wanted, server, { folder, env, tools, spare }) {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ts-model-archiver', 'upstream');
  // Short, since sockets of workers lie in it.
  const temporary = await mkdtemp(join(tmpdir(), 'tsu-'));
  try {
    const work = join(temporary, 'serve');
    const checkout = await copyCheckout(folder, work, { python: tools.python, spare, cache });
    for (const suite of wanted) {
      await checkout.offer(suite.archives);
      const scratch = await mkdtemp(join(temporary, 't'));
      const run = suite.kind === 'newman' ? runCollection : runFile;
      const { tests, output, late } = await run(suite, { work, env, temporary: scratch, ...tools });
      await rm(scratch, { recursive: true, force: true });
      await writeFile(fileOf(server, suite, 'json'), `${JSON.stringify(tests, null, 2)}\n`);
      await writeFile(fileOf(server, suite, 'log'), output);
      const passed = Object.values(tests).filter(({ outcome }) => outcome === 'passed').length;
      const end = late ? ', cut off' : '';
      console.log(`${server} ${suite.id}: ${passed} of ${Object.keys(tests).length} passed${end}`);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** One file a suite, so that several runs may go on side by side. */
function fileOf(server, { kind, name }, ending) {
  return join(results, `${server}-${kind}-${name}.${ending}`);
}

/** Suite → test → outcome. */
async function readResults(server) {
  const read = async (suite) => {
    const text = await readFile(fileOf(server, suite, 'json'), 'utf8').catch(() => undefined);
    return text === undefined ? [] : [[suite.id, JSON.parse(text)]];
  };
  return Object.fromEntries((await Promise.all(suites.map(read))).flat());
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
