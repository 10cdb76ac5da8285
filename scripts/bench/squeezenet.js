/**
 * squeezenet1_1 with a photograph as JPEG: `mar serve` against what decoding and `session.run` alone reach on the same cores
 * (image-limit.js), one process against one worker and two against two, in turn. Requests a second, and the processor time of
 * everything that a request or an image takes: the latter does not depend on what else runs on the machine.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ours } from './contenders.js';
import { projectRoot } from './machine.js';
import { median, runQuietly } from './measure.js';
import { startProcess } from './processes.js';
import { ask } from './wrk.js';

/** Kept beside the project, not in it: see its SOURCES.md. */
const data = process.env.TSMA_BENCH_DATA ?? join(projectRoot, '..', 'shared', 'data');
const model = join(data, 'squeezenet1_1_rand0.onnx');
const photo = join(data, 'kitten.jpg');
const ROUNDS = Number(process.env.TSMA_BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.TSMA_BENCH_SECONDS ?? 3);

export async function squeezenet(report, setting) {
  const missing = [model, photo].find((file) => !existsSync(file));
  if (missing !== undefined)
    return report.line(`squeezenet: could not run: no ${missing} (TSMA_BENCH_DATA names its folder)`);
  const archive = await pack(setting.folder);
  const body = await readFile(photo);
  report.line(`squeezenet: a JPEG of ${body.length} bytes in, five labels out; 8 keep-alive connections`);
  for (const workers of [1, 2]) await compare(report, setting, { archive, body, workers });
}

async function compare(report, { folder, wrk }, { archive, body, workers }) {
  const launch = await ours(archive, ['--workers', String(workers)])();
  const url = `http://127.0.0.1:${launch.port}/predictions/squeezenet`;
  const ready = () => fetch(url, { method: 'POST', body, headers: { 'content-type': 'image/jpeg' } });
  const server = await startProcess({ ...launch, ready });
  const limits = await Promise.all(Array.from({ length: workers }, startLimit));
  const seen = { ours: [], limit: [] };
  try {
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      const before = await server.processorMs();
      const { rate } = await ask({ url, body, contentType: 'image/jpeg', seconds: SECONDS, folder, wrk });
      const spent = (await server.processorMs()) - before;
      const runs = await Promise.all(limits.map((limit) => limit.run(SECONDS)));
      if (round === 0) continue;
      seen.ours.push({ rate, processorMs: spent / (rate * SECONDS) });
      seen.limit.push(together(runs));
    }
  } finally {
    for (const { stop } of [server, ...limits]) await stop();
  }
  const title = `squeezenet, ${workers} worker${workers === 1 ? '' : 's'}`;
  addRows(report, `${title}, images a second`, '/s', seen, 'rate');
  addRows(report, `${title}, processor time an image`, 'ms', seen, 'processorMs');
}

function together(runs) {
  const sum = (amountOf) => runs.reduce((total, run) => total + amountOf(run), 0);
  const images = sum((run) => run.images);
  return { rate: sum((run) => run.images / run.seconds), processorMs: sum((run) => run.processorMs) / images };
}

function addRows(report, title, unit, { ours, limit }, key) {
  const valuesOf = (runs) => runs.map((run) => run[key]);
  const most = median(valuesOf(limit));
  report.add({ name: `${title}: the limit`, value: most, unit, runs: valuesOf(limit) });
  const against = { name: 'the limit', value: most };
  report.add({ name: `${title}: mar serve`, value: median(valuesOf(ours)), unit, runs: valuesOf(ours), against });
}

async function startLimit() {
  const program = join(import.meta.dirname, 'image-limit.js');
  const child = spawn(process.execPath, [program, model, photo], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended`);
    return value;
  };
  await next();
  return {
    async run(seconds) {
      child.stdin.write(`${seconds}\n`);
      return JSON.parse(await next());
    },
    stop: () => child.stdin.end(),
  };
}

async function pack(folder) {
  await runQuietly(process.execPath, [
    ...[join(projectRoot, 'bin', 'ts-model-archiver.js'), '--model-name', 'squeezenet', '--version', '1.0'],
    ...['--handler', 'image_classifier', '--serialized-file', model],
    ...['--extra-files', join(data, 'index_to_name.json'), '--export-path', folder, '--force'],
  ]);
  return join(folder, 'squeezenet.mar');
}
