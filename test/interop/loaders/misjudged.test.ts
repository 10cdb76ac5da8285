/**
 * Files put together at random from everything that torch, numpy, joblib, pickle and tar take, each with a payload that only
 * writes a marker file. The real libraries load them in a sandbox; none that ran its payload may be called good by us.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/commands/validate/validate.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { packageRoot } from '../../../src/core/package-info.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';

const SEED = process.env.TSMA_LOADERS_SEED ?? '20261128';
const COUNT = Number(process.env.TSMA_LOADERS_CASES ?? 2_000);
const NEIGHBOURS = Math.ceil(COUNT / 7);
/** Where misjudged files are kept. */
const KEPT = process.env.TSMA_LOADERS_KEEP ?? join(packageRoot, 'node_modules/.cache/misjudged');
const PROCESSES = 2;

interface Case {
  readonly file: string;
  readonly family: string;
  /** What was done, from the inside out. */
  readonly kinds: readonly string[];
  /** What the file is called. */
  readonly name: string;
}

const here = join(packageRoot, 'test/interop/loaders');
const python = findPython();
if (python === undefined) console.log('SKIPPED: no Python with numpy and joblib');
else if (spawnSync(python, ['-c', 'import torch']).status !== 0)
  console.log('SKIPPED: torch.load (apt-get install python3-torch); the other libraries are asked');

function findPython(): string | undefined {
  const { stdout, status } = spawnSync('bash', [join(here, 'install.sh')], { encoding: 'utf8' });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0) console.log(line);
  return status === 0 ? line : undefined;
}

async function run(command: readonly string[]): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await text(child.stdout);
  expect(child.exitCode ?? 0, command.join(' ')).toBe(0);
  return output;
}

/** Without a network where the system lets us. */
const apart = spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn'] : [];

async function load(folder: string): Promise<Map<string, readonly string[]>> {
  const parts = Array.from({ length: PROCESSES }, (_, part) =>
    run([...apart, python ?? '', join(here, 'load.py'), folder, String(part), String(PROCESSES)]),
  );
  const lines = (await Promise.all(parts)).join('').trim().split('\n');
  return new Map(
    lines.map((line) => JSON.parse(line) as { file: string; ran: string[] }).map((one) => [one.file, one.ran]),
  );
}

const handler = 'def handle(data, context):\n    return data\n';

/** As a person may hand it over: by itself, as the model of an archive with a handler of its own, as a file beside it. */
async function present(folder: string, { file, name }: Case): Promise<Readonly<Record<string, string>>> {
  const content = await readFile(join(folder, file));
  const place = join(folder, `${file}-given`);
  const alone = join(place, basename(name));
  await mkdir(place);
  await writeFile(alone, content);
  const files = { 'handler.py': handler, [name]: content };
  const [model, extra] = [join(place, 'as-model.mar'), join(place, 'as-extra.mar')];
  await makeMar(model, { files, manifest: manifestOf({ serializedFile: name }) });
  await makeMar(extra, { files, manifest: manifestOf({}) });
  return { alone, model, extra };
}

const isBad = ({ severity }: Finding) => severity === 'error';

/** The ways to hand it over in which nothing speaks against it. */
async function waysCalledGood(ways: Readonly<Record<string, string>>): Promise<string[]> {
  const good: string[] = [];
  for (const [way, path] of Object.entries(ways)) {
    const { findings } = await validate({ path, config: false });
    if (!findings.some(isBad)) good.push(way);
  }
  return good;
}

describe.skipIf(python === undefined)(`files of seed ${SEED}`, () => {
  let root: string;
  let folder: string;
  let cases: readonly Case[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'misjudged-'));
    folder = join(root, 'files');
    await run([python ?? '', join(here, 'generate.py'), folder, SEED, String(COUNT), String(NEIGHBOURS)]);
    cases = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
  }, 600_000);

  afterAll(() => rm(root, { recursive: true, force: true }));

  test(`none of ${COUNT} runs its payload while mar validate calls it good`, { timeout: 1_800_000 }, async () => {
    const ran = await load(folder);
    const bad = cases.filter(({ family }) => family !== 'neighbour');
    const misjudged: unknown[] = [];
    for (const one of bad) {
      const [loader] = ran.get(one.file) ?? [];
      if (loader === undefined) continue;
      const good = await waysCalledGood(await present(folder, one));
      if (good.length === 0) continue;
      misjudged.push({ ...one, loader, good });
      await mkdir(KEPT, { recursive: true });
      await cp(join(folder, one.file), join(KEPT, `${SEED}-${one.file}-${basename(one.name)}`));
    }
    const dangerous = [...ran.values()].filter((loaders) => loaders.length > 0).length;
    console.log(`${dangerous} of ${bad.length} ran their payload; seed ${SEED}`);
    expect(misjudged, `kept in ${KEPT}`).toEqual([]);
    expect(ran.size).toBe(bad.length);
    // The generator is worth its time only while many of its files are dangerous.
    expect(dangerous).toBeGreaterThan(bad.length / 5);
  });

  test(`${NEIGHBOURS} files written by the libraries themselves get no finding`, {
    timeout: 600_000,
  }, async () => {
    const alarms: unknown[] = [];
    for (const one of cases.filter(({ family }) => family === 'neighbour')) {
      const { extra = '' } = await present(folder, one);
      const { findings } = await validate({ path: extra, config: false });
      const [first] = findings.filter(isBad);
      if (first !== undefined) alarms.push({ ...one, says: first.message, rule: first.rule });
    }
    expect(alarms).toEqual([]);
  });
});
