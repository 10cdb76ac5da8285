/**
 * The same Python handler in the same worker process of TorchServe: once under `mar serve`, once under TorchServe's own front end
 * in Java. Both have one worker, batches of one and one thread (OMP_NUM_THREADS, which torch follows), so what differs is the front
 * end alone: requests a second, its processor time for each request, and the memory of that one process.
 *   npm run bench -- python-worker       needs the environment of: npm run bench -- serve --install
 *
 * The two take turns in short rounds and the first of a round changes: other work on the machine falls on both. The processor time
 * does not depend on it at all.
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

const ROUNDS = Number(process.env.TSMA_BENCH_ROUNDS ?? 7);
/** Not counted: the JVM compiles what it runs often. */
const WARM_UP_ROUNDS = 3;
const SECONDS = Number(process.env.TSMA_BENCH_SECONDS ?? 3);
/** Linux counts processor time in hundredths of a second. */
const TICK_MICROSECONDS = 10_000;

const handlers = {
  noop: 'a handler that does nothing',
  mlp: 'a model of torch (three linear layers)',
};

export async function run(report, flags = []) {
  if (flags.includes('--install')) await installPython(report);
  const python = await findPython();
  if (python === undefined) return report.line('could not run: no TorchServe (bench -- serve --install)');
  for (const [model, words] of Object.entries(handlers)) {
    const folder = await mkdtemp(join(tmpdir(), 'tsma-bench-'));
    try {
      report.line(`${words}, in TorchServe’s worker; one worker, one thread, 8 keep-alive connections`);
      await compare(report, { folder, python, model, wrk: await hasWrk() });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function compare(report, { folder, python, model, wrk }) {
  const servers = [];
  try {
    for (const start of [startOurs, startTorchServe]) servers.push(await start({ folder, python, model }));
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      const turns = round % 2 === 0 ? servers : [...servers].reverse();
      for (const server of turns) {
        const before = await processorTime(server.pid);
        const { rate } = await ask({
          url: server.url,
          body: 'x',
          contentType: 'text/plain',
          seconds: SECONDS,
          folder,
          wrk,
        });
        const spent = (await processorTime(server.pid)) - before;
        if (round >= 0) server.runs.push({ rate, microseconds: spent / (rate * SECONDS) });
      }
    }
    addRows(report, `${model}: requests a second`, '/s', servers, ({ runs }) => runs.map(({ rate }) => rate));
    const timeOf = ({ runs }) => runs.map(({ microseconds }) => microseconds);
    addRows(report, `${model}: front end, a request`, 'µs', servers, timeOf);
    for (const server of servers) server.memory = [await memoryOf(server.pid)];
    addRows(report, `${model}: memory of the front end`, 'MiB', servers, ({ memory }) => memory);
  } finally {
    for (const { stop } of servers) await stop();
  }
}

async function startOurs({ folder, python, model }) {
  const handler = join(import.meta.dirname, 'peers', `${model}_handler.py`);
  await runQuietly(process.execPath, [
    ...[join(projectRoot, 'bin', 'ts-model-archiver.js'), '--model-name', model, '--version', '1.0'],
    ...['--handler', handler, '--export-path', folder],
  ]);
  const launch = ours(join(folder, `${model}.mar`), ['--python', python]);
  return startServer('mar serve', { launch, model, frontEnd: 'node' });
}

function startTorchServe({ folder, python, model }) {
  const settings = { batchSize: 1, maxBatchDelay: 0, minWorkers: 1, maxWorkers: 1 };
  const launch = torchserve(python, { folder, model, settings });
  return startServer('TorchServe', { launch, model, frontEnd: 'java' });
}

async function startServer(name, { launch, model, frontEnd }) {
  const start = await launch();
  const url = `http://127.0.0.1:${start.port}/predictions/${model}`;
  const ready = () => fetch(url, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
  const { stop } = await startProcess({ ...start, ready });
  return { name, url, stop, runs: [], pid: await findFrontEnd(frontEnd, start.port) };
}

function addRows(report, title, unit, [first, ...others], runsOf) {
  const value = median(runsOf(first));
  report.add({ name: `${title}: ${first.name}`, value, unit, runs: runsOf(first) });
  for (const other of others) {
    const runs = runsOf(other);
    const against = { name: first.name, value };
    report.add({ name: `${title}: ${other.name}`, value: median(runs), unit, runs, against });
  }
}

/** The one process of this program that has the server's port among its words: the JVM names its configuration's folder. */
async function findFrontEnd(program, port) {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [command = ''] = words.split('\0');
    if (command.split('/').at(-1).startsWith(program) && words.includes(String(port))) return pid;
  }
  throw new Error(`No process ${program} of port ${port}`);
}

/** Microseconds that a process has run, in user and in kernel. */
async function processorTime(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

/** MiB, shared pages divided among those that share them. */
async function memoryOf(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}
