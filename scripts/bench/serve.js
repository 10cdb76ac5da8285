/** The digits model behind `mar serve`: how soon it answers, how often, and how late the slowest are. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packDigits, template } from './digits.js';
import { load } from './load.js';
import { median, percentile } from './measure.js';
import { startServer } from './server.js';

const STARTS = 5;
const CONNECTIONS = 8;
const WARM_UP_SECONDS = 2;
const SECONDS = 5;
const ROUNDS = 3;

export async function run(report) {
  const folder = await mkdtemp(join(tmpdir(), 'tsma-bench-'));
  try {
    const archive = await packDigits(folder);
    const image = await readFile(join(template, 'samples', '7-a.png'));
    report.add(await measureStart(archive, image));
    for (const measure of await measureLoad(archive, image)) report.add(measure);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureStart(archive, image) {
  const runs = [];
  for (let round = 0; round < STARTS; round++) {
    const start = performance.now();
    const server = await startServer(archive);
    await server.firstAnswer((port) => predict(port, image));
    runs.push(performance.now() - start);
    await server.stop();
  }
  return { name: 'start of mar serve to first prediction', value: median(runs), unit: 'ms', runs };
}

async function measureLoad(archive, image) {
  const server = await startServer(archive);
  try {
    const first = await server.firstAnswer((port) => predict(port, image));
    const expected = Buffer.from(await first.arrayBuffer());
    const target = { host: '127.0.0.1', port: server.port, request: toRequest(image), expected };
    const alone = await load({ ...target, connections: 1, seconds: WARM_UP_SECONDS });
    await load({ ...target, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await load({ ...target, connections: CONNECTIONS, seconds: SECONDS }));
    }
    const over = (share) => rounds.map(({ times }) => percentile(times, share));
    const rates = rounds.map(({ times, seconds }) => times.length / seconds);
    const where = `${CONNECTIONS} connections`;
    return [
      { name: 'one connection, median', value: percentile(alone.times, 0.5), unit: 'ms' },
      { name: `${where}, requests a second`, value: median(rates), unit: '/s', runs: rates },
      { name: `${where}, median`, value: median(over(0.5)), unit: 'ms', runs: over(0.5) },
      { name: `${where}, p99`, value: median(over(0.99)), unit: 'ms', runs: over(0.99) },
    ];
  } finally {
    await server.stop();
  }
}

function predict(port, image) {
  return fetch(`http://127.0.0.1:${port}/predictions/digits`, { method: 'POST', body: image });
}

function toRequest(image) {
  const head = [
    'POST /predictions/digits HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: image/png',
    `content-length: ${image.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), image]);
}
