/**
 * Packing and unpacking against plain copies, in ratios of one run: the built commands, started as a user starts them.
 * TSMA_BENCH_MIB sets the size of the weights (1024), TSMA_BENCH_UPSTREAM=1 also installs torch-model-archiver by pip into a
 * private environment and measures it.
 */
import { mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './machine.js';
import { median, runQuietly } from './measure.js';
import { peakMemory } from './peak-memory.js';
import { installUpstream } from './upstream.js';
import { writeText, writeWeights } from './weights-file.js';

const ROUNDS = 5;
/** Of what writes a gigabyte, where the fastest counts. */
const COPIES = 8;
/** torch-model-archiver deflates a gigabyte in most of a minute. */
const UPSTREAM_ROUNDS = 1;
const MIB = 1024 ** 2;
const size = Number(process.env.TSMA_BENCH_MIB ?? 1024) * MIB;

export async function run(report) {
  const folder = await mkdtemp(join(tmpdir(), 'tsma-bench-'));
  try {
    const files = await prepare(folder);
    await copies(report, files);
    await deflating(report, files);
    await inspecting(report, files);
    await memory(report, files);
    await upstream(report, files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(folder) {
  const files = {
    folder,
    out: join(folder, 'out'),
    weights: join(folder, 'weights.safetensors'),
    small: join(folder, 'small.safetensors'),
    text: join(folder, 'text.json'),
    handler: join(folder, 'handler.py'),
  };
  await mkdir(files.out);
  await writeWeights(files.weights, size);
  await writeWeights(files.small, MIB);
  await writeText(files.text, Math.min(size, 256 * MIB));
  await writeFile(files.handler, 'def handle(data, context):\n    return data\n');
  // Everything below is measured with its inputs in the page cache.
  await runQuietly('cat', [files.weights, files.text]);
  return files;
}

const bin = (name) => join(projectRoot, 'bin', `${name}.js`);
const node = (...args) => runQuietly(process.execPath, args);
const dropIn = ({ out, handler }, weights, ...more) => [
  ...[bin('ts-model-archiver'), '--model-name', 'model', '--version', '1.0', '--handler', handler],
  ...['--serialized-file', weights, '--export-path', out, '--validate', 'off', ...more],
];
const packStrict = ({ out, handler }, weights) => [
  ...[bin('mar'), 'pack', '--model-name', 'model', '--handler', handler],
  ...['--weights', weights, '--output', out],
];

/** Milliseconds of each job in turn, its target removed before each run; one warm-up round. */
async function rounds(files, jobs, count = ROUNDS) {
  const runs = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
  for (let round = 0; round <= count; round++) {
    for (const [name, job] of Object.entries(jobs)) {
      await rm(files.out, { recursive: true, force: true });
      await mkdir(files.out);
      const start = performance.now();
      await job();
      if (round > 0) runs[name].push(performance.now() - start);
    }
  }
  return runs;
}

function add(report, runs, name, against, { note, of = median } = {}) {
  report.add({
    name,
    value: of(runs[name]),
    unit: 'ms',
    runs: runs[name],
    ...(against === undefined ? {} : { against: { name: against, value: of(runs[against]) } }),
    ...(note === undefined ? {} : { note }),
  });
}

async function copies(report, files) {
  const how = `hot cache, target removed before each run, the fastest of ${COPIES}`;
  report.line(`${size / MIB} MiB of normal float32, ${how}`);
  const archive = join(files.folder, 'model.mar');
  await node(...dropIn(files, files.weights));
  await runQuietly('cp', [join(files.out, 'model.mar'), archive]);
  // Else the system holds up whoever writes until enough of the inputs is on the disk.
  await runQuietly('sync', []);
  const copy = () => runQuietly('cp', [files.weights, join(files.out, 'copy')]);
  const jobs = {
    cp: copy,
    'cp, openssl dgst -sha256': async () => {
      await copy();
      await runQuietly('openssl', ['dgst', '-sha256', files.weights]);
    },
    'ts-model-archiver': () => node(...dropIn(files, files.weights)),
    'mar pack (with SHA-256)': () => node(...packStrict(files, files.weights)),
    'mar extract': () => node(bin('mar'), 'extract', archive, '-o', join(files.out, 'model')),
  };
  const runs = await rounds(files, jobs, COPIES);
  // The host of a virtual machine takes freed memory back when it likes, and whoever writes next waits a second for other
  // memory, cp as well as we. That only ever adds.
  const of = (values) => Math.min(...values);
  add(report, runs, 'cp', undefined, { of });
  add(report, runs, 'cp, openssl dgst -sha256', 'cp', { of });
  add(report, runs, 'ts-model-archiver', 'cp', { of });
  add(report, runs, 'mar pack (with SHA-256)', 'cp, openssl dgst -sha256', { of });
  add(report, runs, 'mar extract', 'cp', { of, note: 'every byte checked' });
  files.archive = archive;
}

/** The same command held to one core by taskset, where there is one. */
async function deflating(report, files) {
  const command = [process.execPath, ...dropIn(files, files.text)];
  const pinned = () => runQuietly('taskset', ['-c', '0', ...command]);
  if (!(await works(pinned))) return report.line('deflate on one core: skipped, taskset is not there');
  const { size: bytes } = await stat(files.text);
  const runs = await rounds(files, {
    'deflate, one core': pinned,
    'deflate, all cores': () => node(...command.slice(1)),
  });
  add(report, runs, 'deflate, one core', undefined, { note: `${bytes / MIB} MiB of text` });
  add(report, runs, 'deflate, all cores', 'deflate, one core');
  // The two runs of a round follow each other, so that a load on the machine falls on both.
  const pairs = runs['deflate, one core'].map((one, round) => one / runs['deflate, all cores'][round]);
  report.add({
    name: 'deflate, gain by all cores',
    value: median(pairs),
    unit: 'x',
    runs: pairs,
    note: 'median of pairs',
  });
}

async function inspecting(report, files) {
  const small = join(files.folder, 'small.mar');
  await node(...dropIn(files, files.small, '--force'));
  await runQuietly('cp', [join(files.out, 'model.mar'), small]);
  const runs = await rounds(files, {
    'node -e 0': () => node('-e', '0'),
    'mar inspect, 1 MiB': () => node(bin('mar'), 'inspect', small),
    'mar inspect, large': () => node(bin('mar'), 'inspect', files.archive),
  });
  for (const name of Object.keys(runs)) add(report, runs, name, name === 'node -e 0' ? undefined : 'node -e 0');
}

async function memory(report, files) {
  const sparse = {};
  for (const mebibytes of [64, 4096]) sparse[mebibytes] = await sparseFile(files, mebibytes);
  const jobs = {
    'peak memory, packing 64 MiB': dropIn(files, sparse[64], '--force', '--archive-format', 'zip-store'),
    'peak memory, packing 4 GiB': dropIn(files, sparse[4096], '--force', '--archive-format', 'zip-store'),
    'peak memory, packing 1 MiB': dropIn(files, files.small, '--force'),
    'peak memory, packing large': dropIn(files, files.weights, '--force'),
    'peak memory, deflating': dropIn(files, files.text, '--force'),
    'peak memory, extracting large': [bin('mar'), 'extract', files.archive, '-o', join(files.out, 'model'), '--force'],
  };
  for (const [name, args] of Object.entries(jobs)) report.add({ name, value: await peakMemory(args), unit: 'MiB' });
}

/** Without blocks on the disk: how much memory is held does not depend on what the bytes are. */
async function sparseFile({ folder }, mebibytes) {
  const path = join(folder, `sparse-${mebibytes}.bin`);
  await writeFile(path, '');
  await truncate(path, mebibytes * MIB);
  return path;
}

async function upstream(report, files) {
  if (process.env.TSMA_BENCH_UPSTREAM !== '1')
    return report.line('torch-model-archiver: not asked for (TSMA_BENCH_UPSTREAM=1)');
  const program = await installUpstream(join(files.folder, 'venv'));
  if (program === undefined) return report.line('torch-model-archiver: skipped, pip could not install it');
  const theirs = (weights, ...more) =>
    runQuietly(
      program,
      [...dropIn(files, weights, ...more).slice(1)].filter(
        (word, index, all) => word !== '--validate' && all[index - 1] !== '--validate',
      ),
    );
  const large = await rounds(
    files,
    {
      'torch-model-archiver': () => theirs(files.weights),
      'ts-model-archiver': () => node(...dropIn(files, files.weights)),
      'torch-model-archiver, zip-store': () => theirs(files.weights, '--archive-format', 'zip-store'),
      'ts-model-archiver, zip-store': () => node(...dropIn(files, files.weights, '--archive-format', 'zip-store')),
    },
    UPSTREAM_ROUNDS,
  );
  const small = await rounds(files, {
    'torch-model-archiver, 1 MiB': () => theirs(files.small),
    'ts-model-archiver, 1 MiB': () => node(...dropIn(files, files.small)),
  });
  const runs = { ...large, ...small };
  for (const name of Object.keys(runs))
    add(report, runs, name, name.startsWith('ts-') ? name.replace('ts-', 'torch-') : undefined);
}

async function works(job) {
  return job().then(
    () => true,
    () => false,
  );
}
