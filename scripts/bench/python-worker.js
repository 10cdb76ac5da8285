/**
 * The same Python handler in the same worker process of TorchServe: once under `mar serve`, once under TorchServe's own front end
 * in Java. What differs is the front end alone: requests a second, and the memory of that one process.
 *   npm run bench -- python-worker       needs the environment of: npm run bench -- serve --install
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ours, torchserve } from './contenders.js';
import { projectRoot } from './machine.js';
import { median, runQuietly } from './measure.js';
import { startProcess } from './processes.js';
import { findPython, installPython } from './python.js';
import { ask, hasWrk } from './wrk.js';

const ROUNDS = Number(process.env.TSMA_BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.TSMA_BENCH_SECONDS ?? 4);

export async function run(report, flags = []) {
  if (flags.includes('--install')) await installPython(report);
  const python = await findPython();
  if (python === undefined) return report.line('could not run: no TorchServe (bench -- serve --install)');
  const folder = await mkdtemp(join(tmpdir(), 'tsma-bench-'));
  try {
    await compare(report, { folder, python, wrk: await hasWrk() });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(report, { folder, python, wrk }) {
  await runQuietly(process.execPath, [
    ...[join(projectRoot, 'bin', 'ts-model-archiver.js'), '--model-name', 'noop', '--version', '1.0'],
    ...['--handler', join(import.meta.dirname, 'peers', 'noop_handler.py'), '--export-path', folder],
  ]);
  const settings = { batchSize: 1, maxBatchDelay: 0, minWorkers: 1, maxWorkers: 1 };
  const contenders = {
    'mar serve': { launch: ours(join(folder, 'noop.mar'), ['--python', python]), frontEnd: 'node' },
    TorchServe: { launch: torchserve(python, { folder, model: 'noop', settings }), frontEnd: 'java' },
  };
  const body = Buffer.from('x');
  const servers = [];
  try {
    for (const [name, { launch, frontEnd }] of Object.entries(contenders)) {
      const started = await launch();
      const url = `http://127.0.0.1:${started.port}/predictions/noop`;
      const ready = () => fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } });
      servers.push({
        name,
        url,
        frontEnd,
        rates: [],
        ...(await startProcess({ ...started, ready })),
        mark: started.port,
      });
    }
    report.line('a Python handler that does nothing, in TorchServe’s worker; one worker, 8 keep-alive connections');
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { url, rates } of servers) {
        const { rate } = await ask({ url, body, contentType: 'text/plain', seconds: SECONDS, folder, wrk });
        if (round > 0) rates.push(rate);
      }
    }
    addRows(
      report,
      'requests a second',
      '/s',
      servers.map(({ name, rates }) => ({ name, runs: rates })),
    );
    const memory = [];
    for (const { name, frontEnd, mark } of servers) memory.push({ name, runs: [await frontEndMemory(frontEnd, mark)] });
    addRows(report, 'memory of the front end (PSS)', 'MiB', memory);
  } finally {
    for (const { stop } of servers) await stop();
  }
}

function addRows(report, title, unit, [first, ...others]) {
  const value = median(first.runs);
  report.add({ name: `${title}: ${first.name}`, value, unit, runs: first.runs });
  for (const { name, runs } of others)
    report.add({ name: `${title}: ${name}`, value: median(runs), unit, runs, against: { name: first.name, value } });
}

/** MiB of the one process of this program that has the server's port among its words: the JVM names its configuration's folder. */
async function frontEndMemory(program, port) {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [command = ''] = words.split('\0');
    if (!command.split('/').at(-1).startsWith(program) || !words.includes(String(port))) continue;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
  }
  throw new Error(`No process ${program} of port ${port}`);
}
