import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { differences, withoutRefused } from '../serve/goldens/differences.ts';
import { addresses, type Group, groups, REMOVED_AFTERWARDS } from '../serve/goldens/groups.ts';
import { type Answer, type Exchange, normalise, readGroup, send } from '../serve/goldens/replay.ts';
import { makePythonStore } from '../serve/goldens/store.ts';
import { testContext } from '../support/context.ts';
import { runTool } from '../support/tools.ts';
import { findIncumbent, type StartOptions, startTorchServe } from './torchserve.ts';

/**
 * Every recorded exchange, sent to the real TorchServe and to ours at the same moment, over one model store and with the same Python
 * handlers in the same worker. Each of our answers is held against theirs of now and against the recording.
 */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';
const photo = join(packageRoot, 'test/fixtures/images/444.jpg');

/** How the real server is started so that it is what `groups` says of ours. */
const theirs: Readonly<Record<Group, StartOptions>> = {
  main: {},
  defaults: { models: ['noop.mar', 'mnist=mnist.mar'], properties: { enable_model_api: false, metrics_mode: 'log' } },
  token: { models: ['noop.mar'], properties: { disable_token_authorization: false } },
  'envelope-kserve': { models: ['linear_base.mar', 'mnist.mar'], properties: { service_envelope: 'kserve' } },
  'envelope-kservev2': { models: ['linear_base.mar', 'mnist.mar'], properties: { service_envelope: 'kservev2' } },
};

let folder: string;

beforeAll(async () => {
  if ('missing' in incumbent) return;
  folder = await mkdtemp(join(tmpdir(), 'tsma-goldens-'));
  const models = join(folder, 'models');
  await mkdir(models);
  await writeFile(join(models, 'labels.json'), LABELS);
  await run(models, join(packageRoot, 'test/interop/make_models.py'));
  const exporter = join(packageRoot, 'templates/export-onnx/export_onnx.py');
  await run(models, exporter, '--weights', 'model_weights.pth', '--model-file', 'model_definition.py');
  await mkdir(join(folder, 'store'));
  await makePythonStore(join(folder, 'store'), {
    onnx: join(models, 'model.onnx'),
    script: join(models, 'squeezenet.pt'),
    labels: join(models, 'labels.json'),
  });
}, 300_000);

afterAll(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function run(cwd: string, ...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runTool(python, args, { cwd });
  if (exitCode !== 0) throw new Error(stderr);
}

/** A server that an exchange is sent to, with the keys and the folder that stand in the recording as names. */
interface Peer {
  readonly urls: Readonly<Record<Exchange['request']['port'], string>>;
  fill(text: string): string;
  stop(): Promise<void>;
}

async function startOurs(group: Group): Promise<Peer> {
  const home = await mkdtemp(join(folder, 'ours-'));
  const options = { ...addresses, ...groups[group], modelStore: join(folder, 'store'), python, grace: 5, threads: 1 };
  const handle = await serve(options, testContext(home, { env: process.env }));
  return { urls: handle.urls, fill: await createFill(home), stop: () => handle.close() };
}

async function startTheirs(group: Group): Promise<Peer> {
  const home = await mkdtemp(join(folder, 'theirs-'));
  // Its own copy: what it downloads it writes into its store.
  const store = join(home, 'store');
  await cp(join(folder, 'store'), store, { recursive: true });
  const { models = [], properties } = theirs[group];
  const options = { models, separate: true, properties: { disable_system_metrics: false, ...properties } };
  const server = await startTorchServe(python, store, home, options);
  return { urls: server.urls, fill: await createFill(server.home, store), stop: server.stop };
}

async function createFill(home: string, store = join(folder, 'store')): Promise<Peer['fill']> {
  const text = await readFile(join(home, 'key_file.json'), 'utf8').catch(() => undefined);
  const keys = text === undefined ? undefined : JSON.parse(text);
  return (asked) =>
    asked
      .replaceAll('@MODEL_STORE@', store)
      .replaceAll('{{inference-key}}', keys?.inference.key)
      .replaceAll('{{management-key}}', keys?.management.key)
      .replaceAll('{{API-key}}', keys?.API.key);
}

describe.skipIf('missing' in incumbent)('the recorded exchanges against live servers', () => {
  test.for(Object.keys(groups) as Group[])(
    'every exchange of the group %s has the same answer from both servers, or an intended difference',
    { timeout: 900_000 },
    async (group) => {
      const peers = { ours: await startOurs(group), theirs: await startTheirs(group) };
      const live = createTally();
      const recorded = createTally();
      try {
        for (const recordedExchange of await readGroup(group)) {
          const exchange = replacePhoto(recordedExchange);
          const answers = await askBoth(exchange, peers);
          const id = `${group}/${exchange.name}`;
          live.judge(id, answers.ours, answers.theirs);
          // The weights of squeezenet are other random ones than those of the recording.
          if (/kitten/.test(exchange.name)) recorded.leaveOut(exchange.name);
          else recorded.judge(id, answers.ours, exchange.response);
        }
      } finally {
        await Promise.all([peers.ours.stop(), peers.theirs.stop()]);
      }
      console.log(`${group}: live: ${live.summary()}\n${group}: recorded: ${recorded.summary()}`);
      expect(live.wrong.concat(recorded.wrong).join('\n\n')).toBe('');
    },
  );
});

/** The recorded photograph is not in this repository; any other serves to compare two servers. */
function replacePhoto(exchange: Exchange): Exchange {
  if (exchange.request.file !== 'kitten.jpg') return exchange;
  return { ...exchange, request: { ...exchange.request, file: photo } };
}

async function askBoth(exchange: Exchange, { ours, theirs }: { ours: Peer; theirs: Peer }) {
  const { request, note } = exchange;
  // What a worker's restart or a measurement changes shows a moment later, and not in both at the same one.
  const patience = request.method === 'GET' && /^\/(models\/|metrics)/.test(request.path) ? 60 : 0;
  for (let i = 0; ; i++) {
    const [here, there] = await Promise.all(
      [ours, theirs].map((peer) => ask(peer, request)) as [Promise<Answer>, Promise<Answer>],
    );
    if (i < patience && !isSame(here, there)) {
      await sleep(100);
      continue;
    }
    for (const [peer, answer] of [
      [ours, here],
      [theirs, there],
    ] as const) {
      if (!note?.startsWith('unregistered afterwards') || answer.status !== 200) continue;
      for (const path of REMOVED_AFTERWARDS)
        await ask(peer, { port: 'management', method: 'DELETE', path, headers: {} });
    }
    return { ours: here, theirs: there };
  }
}

async function ask({ urls, fill }: Peer, request: Exchange['request']): Promise<Answer> {
  try {
    return await send(urls[request.port], request, fill);
  } catch (error) {
    return { status: 0, reason: `no answer: ${String(error)}`, headers: [], body: '' };
  }
}

/** What is compared: bodies without models that are refused here. */
const view = (answer: Answer) => normalise({ ...answer, body: withoutRefused(answer.body) });
const isSame = (a: Answer, b: Answer) => JSON.stringify(view(a)) === JSON.stringify(view(b));

function createTally() {
  const onPurpose: string[] = [];
  const leftOut: string[] = [];
  const wrong: string[] = [];
  let equal = 0;
  const list = (names: readonly string[]) => (names.length === 0 ? '' : ` (${names.join(', ')})`);
  return {
    wrong,
    leaveOut: (name: string) => void leftOut.push(name),
    judge(id: string, seen: Answer, wanted: Answer) {
      const known = differences.find(({ exchanges }) => exchanges.test(id));
      if (isSame(seen, wanted)) equal++;
      else if (known !== undefined && seen.status === known.status && known.body.test(seen.body)) onPurpose.push(id);
      else wrong.push(`${id}\n  ours   ${JSON.stringify(view(seen))}\n  wanted ${JSON.stringify(view(wanted))}`);
    },
    summary: () =>
      `${equal} equal, ${onPurpose.length} different on purpose${list(onPurpose)}, ${leftOut.length} not run${list(leftOut)}`,
  };
}

const LABELS = JSON.stringify(
  Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [index, [`n${index}`, `class ${index}`]])),
);
