/**
 * `mar serve` beside TorchServe, a FastAPI server and the barest server Node can be, all in one run and in turn. Every server
 * runs its model on one thread; two workers each where they have workers. TorchServe and FastAPI need a Python environment:
 *   npm run bench -- serve --install     makes one first (pip; torch is taken from the system, as from apt's python3-torch)
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barest, fastapi, ours, torchserve } from './contenders.js';
import { packDigits, template } from './digits.js';
import { projectRoot } from './machine.js';
import { median, runQuietly } from './measure.js';
import { mlpInput, writeMlp } from './mlp.js';
import { startProcess } from './processes.js';
import { findPython, installPython } from './python.js';
import { squeezenet } from './squeezenet.js';
import { ask, hasWrk } from './wrk.js';

const STARTS = 3;
const ROUNDS = Number(process.env.TSMA_BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.TSMA_BENCH_SECONDS ?? 4);
const TENSOR_BYTES = 10 * 1024 ** 2;

const NOOP = "export default { handle: (rows) => rows.map(() => 'OK') };\n";
const ECHO = 'export default { handle: (rows) => rows.map(({ body }) => body) };\n';

export async function run(report, flags = []) {
  const folder = await mkdtemp(join(tmpdir(), 'tsma-bench-'));
  try {
    if (flags.includes('--install')) await installPython(report);
    const setting = { folder, wrk: await hasWrk(), python: await findPython() };
    if (!setting.wrk) report.line('wrk is not installed: the load comes from a Node process of ours');
    if (setting.python === undefined) report.line('TorchServe, FastAPI: not installed (bench -- serve --install)');
    await digits(report, setting);
    await squeezenet(report, setting);
    await noop(report, setting);
    await batching(report, setting);
    await tensors(report, setting);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function digits(report, setting) {
  const { folder, python } = setting;
  const request = {
    path: '/predictions/digits',
    body: await readFile(join(template, 'samples', '7-a.png')),
    contentType: 'image/png',
  };
  const twoWorkers = { minWorkers: 2, maxWorkers: 2 };
  const single = await packDigits(folder, { batchSize: 1, maxBatchDelay: 0 });
  const contenders = {
    'mar serve, batches of 8': ours(await packDigits(folder, { batchSize: 8, maxBatchDelay: 5 })),
    'mar serve': ours(single),
    'mar serve, two workers': ours(single, ['--workers', '2']),
    ...(python === undefined
      ? {}
      : {
          'FastAPI + onnxruntime, two workers': fastapi(python, 2),
          'TorchServe, two workers': torchserve(python, {
            folder,
            model: 'digits',
            settings: { batchSize: 1, maxBatchDelay: 0, ...twoWorkers },
          }),
          'TorchServe, two workers, batches of 8': torchserve(python, {
            folder,
            model: 'digits',
            settings: { batchSize: 8, maxBatchDelay: 5, ...twoWorkers },
          }),
        }),
  };
  report.line('digits (a small convolutional network): a PNG in, probabilities out; 8 keep-alive connections');
  await compareStarts(report, contenders, request);
  await compare(report, setting, contenders, request, 'digits');
}

/** The same archive with batches and without: what gains must, and what does not gain must not lose. */
async function batching(report, setting) {
  const { folder } = setting;
  const weights = join(folder, 'mlp.onnx');
  await writeMlp(weights);
  const settings = (batchSize) => ({ batchSize, maxBatchDelay: batchSize === 1 ? 0 : 5 });
  const models = {
    mlp: {
      words: 'a model that gains from batches (12 MiB of weights)',
      pack: (batchSize) =>
        pack(folder, 'mlp', ['--serialized-file', weights, '--handler', 'base_handler'], settings(batchSize)),
      request: { body: mlpInput(), contentType: 'application/octet-stream' },
    },
    noop: {
      words: 'a handler that gains nothing from them',
      pack: (batchSize) => packHandler(folder, 'noop', NOOP, settings(batchSize)),
      request: { body: Buffer.from('x'), contentType: 'text/plain' },
    },
  };
  for (const [name, { words, pack: packModel, request }] of Object.entries(models)) {
    report.line(`${words}, one worker, 8 keep-alive connections`);
    const contenders = { 'one by one': ours(await packModel(1)), 'batches of 8': ours(await packModel(8)) };
    await compare(report, setting, contenders, { path: `/predictions/${name}`, ...request }, `${name} in batches`);
  }
}

async function noop(report, setting) {
  const { folder, python } = setting;
  const archive = await packHandler(folder, 'noop', NOOP);
  const settings = { batchSize: 1, maxBatchDelay: 0, minWorkers: 1, maxWorkers: 1 };
  const contenders = {
    'mar serve': ours(archive),
    'barest Node, one request at a time': barest(1),
    'barest Node, eight at a time': barest(8),
    ...(python === undefined ? {} : { TorchServe: torchserve(python, { folder, model: 'noop', settings }) }),
  };
  report.line('a handler that does nothing; one worker, 8 keep-alive connections');
  const request = { path: '/predictions/noop', body: Buffer.from('x'), contentType: 'text/plain' };
  await compare(report, setting, contenders, request, 'no-op');
  const pinged = Object.fromEntries(Object.entries(contenders).filter(([name]) => !name.startsWith('barest')));
  await compare(report, setting, pinged, { path: '/ping' }, 'ping');
}

async function tensors(report, setting) {
  const { folder } = setting;
  const archive = await packHandler(folder, 'echo', ECHO);
  const config = join(folder, 'large.properties');
  await writeFile(config, `max_request_size=${TENSOR_BYTES * 2}\nmax_response_size=${TENSOR_BYTES * 2}\n`);
  const contenders = {
    'mar serve': ours(archive, ['--ts-config', config]),
    'barest Node, one request at a time': barest(1, 'echo'),
  };
  report.line('10 MiB in and the same 10 MiB out');
  const body = Buffer.alloc(TENSOR_BYTES, 7);
  const request = { path: '/predictions/echo', body, contentType: 'application/octet-stream' };
  await compare(report, setting, contenders, request, '10 MiB');
}

/** From the start of the command to its first prediction. */
async function compareStarts(report, contenders, { path, body, contentType }) {
  const runs = {};
  for (let round = 0; round < STARTS; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      await tolerate(report, `${name}: start`, async () => {
        const launch = await contender();
        const url = `http://127.0.0.1:${launch.port}${path}`;
        const init = { method: 'POST', body, headers: { 'content-type': contentType } };
        const server = await startProcess({ ...launch, ready: () => fetch(url, init) });
        runs[name] = [...(runs[name] ?? []), server.startMs];
        await server.stop();
      });
    }
  }
  add(report, 'start to first prediction', 'ms', runs);
}

/** All servers up together, asked one after the other, round by round: a disturbance of the machine falls on all of them. */
async function compare(report, { folder, wrk }, contenders, { path, body, contentType }, title) {
  const servers = {};
  const seen = { rate: {}, p50: {}, p99: {}, memory: {} };
  try {
    for (const [name, contender] of Object.entries(contenders)) {
      await tolerate(report, name, async () => {
        const launch = await contender();
        const url = `http://127.0.0.1:${launch.port}${path}`;
        const init = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': contentType } };
        servers[name] = { url, ...(await startProcess({ ...launch, ready: () => fetch(url, init) })) };
        seen.memory[name] = [await servers[name].memoryMiB()];
      });
    }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, { url }] of Object.entries(servers)) {
        await tolerate(report, name, async () => {
          const found = await ask({ url, body, contentType, seconds: SECONDS, folder, wrk });
          // The first round warms up.
          for (const key of round === 0 ? [] : ['rate', 'p50', 'p99']) {
            seen[key][name] = [...(seen[key][name] ?? []), found[key]];
          }
        });
      }
    }
  } finally {
    for (const { stop } of Object.values(servers)) await stop();
  }
  add(report, `${title}, requests a second`, '/s', seen.rate);
  add(report, `${title}, median`, 'ms', seen.p50);
  add(report, `${title}, p99`, 'ms', seen.p99);
  if (title === 'digits') add(report, 'memory of all processes (PSS), one small model', 'MiB', seen.memory);
}

/** One row a server, each but the first against ours. */
function add(report, title, unit, runs) {
  const [first, ...others] = Object.entries(runs).map(([name, values]) => ({ name, values, value: median(values) }));
  if (first === undefined) return;
  report.add({ name: `${title}: ${first.name}`, value: first.value, unit, runs: first.values });
  for (const { name, values, value } of others) {
    report.add({
      name: `${title}: ${name}`,
      value,
      unit,
      runs: values,
      against: { name: first.name, value: first.value },
    });
  }
}

/** A server that cannot run is a line of the report, not the end of it. */
async function tolerate(report, what, job) {
  try {
    await job();
  } catch (error) {
    report.line(`${what}: could not run: ${error.message}`);
  }
}

async function packHandler(folder, name, code, settings) {
  const handler = join(folder, `${name}_handler.mjs`);
  await writeFile(handler, code);
  return pack(folder, name, ['--handler', handler, '--runtime', 'nodejs'], settings);
}

/** An archive in a folder of its own, with these settings in its model-config.yaml. */
async function pack(folder, name, words, settings = {}) {
  const target = await mkdtemp(join(folder, `${name}-`));
  const config = join(target, 'model-config.yaml');
  await writeFile(config, [...Object.entries(settings).map(([key, value]) => `${key}: ${value}`), ''].join('\n'));
  await runQuietly(process.execPath, [
    ...[join(projectRoot, 'bin', 'ts-model-archiver.js'), '--model-name', name, '--version', '1.0', ...words],
    ...(Object.keys(settings).length > 0 ? ['--config-file', config] : []),
    ...['--export-path', target],
  ]);
  return join(target, `${name}.mar`);
}
