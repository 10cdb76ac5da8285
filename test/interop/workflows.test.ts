import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServeHandle, serve } from '../../src/commands/serve/serve.ts';
import { validate } from '../../src/commands/validate/validate.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { makeWar } from '../support/make-war.ts';
import { findIncumbent, type Server, startTorchServe } from './torchserve.ts';

/** Workflows of Python functions and Python models in the real TorchServe and in ours, with the same worker: the same answers. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

/** Functions by the names of nodes. A worker's current folder is the model's own in both servers. */
const FUNCTIONS = `
import os
import time


def text(row):
    value = row.get("data") or row.get("body")
    return value.decode() if isinstance(value, (bytes, bytearray)) else str(value)


def first(data, context):
    return None if data is None else [text(row) + "!" for row in data]


def last(data, context):
    return None if data is None else ["<" + text(row) + ">" for row in data]


def left(data, context):
    return None if data is None else [{"left": text(row), "one": 1.0} for row in data]


def right(data, context):
    return None if data is None else [{"right": [], "nothing": None, "é": "ü"} for row in data]


def join(data, context):
    if data is None:
        return None
    return [" ".join(sorted(f"{name}={bytes(value).decode()}" for name, value in row.items())) for row in data]


def colour(data, context):
    return None if data is None else [str(context.get_request_header(0, "X-Colour")) for row in data]


def fail(data, context):
    if data is None:
        return None
    raise ValueError("on purpose")


def flaky(data, context):
    if data is None:
        return None
    tries = len([name for name in os.listdir(".") if name.startswith("try-")])
    open(f"try-{tries}", "w").close()
    if tries < 2:
        raise ValueError("not yet")
    return [f"after {tries} failures" for row in data]


def slow(data, context):
    if data is not None:
        time.sleep(6)
    return None if data is None else ["late" for row in data]


def refuse(data, context):
    if data is None:
        return None
    context.set_response_status(418, "teapot", 0)
    return ["short and stout"]


def words(data, context):
    return None if data is None else ["no JSON" for row in data]
`;

const SHOUT = `
class Shout:
    def initialize(self, context):
        pass

    def handle(self, data, context):
        return [bytes(row["body"]).decode().upper() for row in data]
`;

/** Long enough for a busy machine; upstream's own limit is 10 s. */
const patient = 'timeout-ms: 60000\n';
const model = `models:\n  ${patient}  m1:\n    url: shout.mar\n`;
const none = `models:\n  retry-attempts: 0\n  ${patient}`;

/** Name → specification of a workflow that both serve. */
const sound = {
  sequence: `${model}dag:\n  first: [m1]\n  m1: [last]\n`,
  joined: `${none}dag:\n  first: [left, right]\n  left: [join]\n  right: [join]\n`,
  leaves: `${none}dag:\n  first: [left, right]\n`,
  header: `${none}dag:\n  first: [colour]\n`,
  retried: `models:\n  retry-attempts: 2\n  ${patient}dag:\n  first: [flaky]\n`,
  failing: `${none}dag:\n  first: [fail]\n`,
  late: 'models:\n  timeout-ms: 2000\n  retry-attempts: 0\ndag:\n  first: [slow]\n',
  refusing: `${none}dag:\n  first: [refuse]\n`,
  globals:
    'models:\n  max-workers: 2\n  batch-size: 3\n  max-batch-delay: 7\n  m1:\n    url: shout.mar\n    batch-size: 2\ndag:\n  first: [m1]\n',
} as const;

/** What neither takes: the specification, and the rule of `mar validate` that finds it; a model may be where only a server sees it. */
const unsound: Readonly<Record<string, { readonly spec: string; readonly rule?: string }>> = {
  selfloop: { spec: `${none}dag:\n  first: [first]\n`, rule: 'workflow/graph' },
  twice: { spec: `${none}dag:\n  first: [last, last]\n`, rule: 'workflow/graph' },
  starts: { spec: `${none}dag:\n  first: [last]\n  left: [last]\n`, rule: 'workflow/graph' },
  circle: { spec: `${none}dag:\n  first: [left]\n  left: [right]\n  right: [left]\n`, rule: 'workflow/graph' },
  noyaml: { spec: 'dag: [', rule: 'workflow/spec' },
  missing: { spec: 'models:\n  m1:\n    url: gone.mar\ndag:\n  first: [m1]\n' },
};

let folder: string;
let theirs: Server;
let ours: ServeHandle;

beforeAll(async () => {
  if ('missing' in incumbent) return;
  folder = await mkdtemp(join(tmpdir(), 'tsma-workflows-'));
  const store = join(folder, 'store');
  await mkdir(store);
  await makeMar(join(store, 'shout.mar'), {
    files: { 'shout.py': SHOUT },
    manifest: manifestOf({ modelName: 'shout', handler: 'shout.py' }),
  });
  const specs = { ...sound, ...Object.fromEntries(Object.entries(unsound).map(([name, { spec }]) => [name, spec])) };
  for (const [name, spec] of Object.entries(specs))
    await makeWar(join(store, `${name}.war`), { name, spec, handler: [`${name}.py`, FUNCTIONS] });
  theirs = await startTorchServe(python, store, folder, { separate: true });
  const options = { port: 0, modelStore: store, python, threads: 1, enableModelApi: true, grace: 5 };
  ours = await serve(options, testContext(folder, { env: process.env }));
}, 120_000);

afterAll(async () => {
  await ours?.close();
  await theirs?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function ask(url: string, method: string, body?: string): Promise<Answer> {
  const headers = { 'X-Colour': 'blue', 'content-type': 'application/octet-stream' };
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: Buffer.from(body), headers }) });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

async function manage(method: string, path: string) {
  const [here, there] = await Promise.all([
    ask(ours.urls.management + path, method),
    ask(theirs.urls.management + path, method),
  ]);
  return { here, there };
}

async function predict(name: string, body = 'hello') {
  const path = `/wfpredict/${name}`;
  const [here, there] = await Promise.all([
    ask(ours.urls.inference + path, 'POST', body),
    ask(theirs.urls.inference + path, 'POST', body),
  ]);
  return { here, there };
}

/** Process ids, times and memory are nobody's promise. */
const masked = ({ status, type, body }: Answer): Answer => ({
  status,
  type,
  body: body
    .replace(/"startTime": "[^"]*"/g, '"startTime": ""')
    .replace(/"(id|pid|memoryUsage)": "?-?\d+"?/g, '"$1": 0'),
});

/** Upstream prints several answers anew: without what is null, in the order in which they came. */
const withoutNulls = ({ body, ...rest }: Answer) => ({
  ...rest,
  body: JSON.parse(body, (_, value: unknown) => (value === null ? undefined : value)) as unknown,
});

/** Upstream loses the answer of a node now and then on a busy machine; what differs in earnest differs every time. */
const unreliable = { timeout: 180_000, retry: 2 } as const;

async function serveBoth(name: string) {
  // There only when this is not the first try.
  await manage('DELETE', `/workflows/${name}`);
  const registered = await manage('POST', `/workflows?url=${name}.war`);
  expect(registered.here).toEqual(registered.there);
  expect(registered.here.status).toBe(200);
}

describe.skipIf('missing' in incumbent)('one workflow store, two servers', () => {
  test.for(['sequence', 'joined', 'leaves', 'header', 'retried', 'refusing'] as const)(
    'the workflow "%s" is registered, listed, described, answered and removed in the same words',
    unreliable,
    async (name) => {
      await serveBoth(name);
      for (const path of ['/workflows', `/workflows/${name}`, '/models']) {
        const { here, there } = await manage('GET', path);
        expect([path, here]).toEqual([path, there]);
      }
      const answers = await predict(name);
      // Upstream hands a body on whatever its status is; here a node that answers 400 or more has failed.
      if (name === 'refusing') expect(answers.here.body).toContain('Error executing refuse');
      else if (name === 'leaves') expect(withoutNulls(answers.here)).toEqual(withoutNulls(answers.there));
      else expect(answers.here).toEqual(answers.there);
      expect([name, answers.there.status]).toEqual([name, 200]);
      for (const method of ['DELETE', 'DELETE', 'GET']) {
        const { here, there } = await manage(method, `/workflows/${name}`);
        expect(here).toEqual(there);
      }
      const gone = await predict(name);
      expect(gone.here).toEqual(gone.there);
    },
  );

  test.for(['failing', 'late'] as const)(
    'a node that fails or times out is the same failure in both, here with its reason: "%s"',
    unreliable,
    async (name) => {
      await serveBoth(name);
      const { here, there } = await predict(name);
      const [ourError, theirError] = [here, there].map(({ body }) => JSON.parse(body) as Record<string, unknown>);
      expect([here.status, here.type, ourError?.code, ourError?.type]).toEqual([
        there.status,
        there.type,
        theirError?.code,
        theirError?.type,
      ]);
      expect(ourError?.message).toMatch(
        new RegExp(`^${String(theirError?.message).replace(/\.$/, '')}\\. Tried once: `),
      );
      await manage('DELETE', `/workflows/${name}`);
    },
  );

  test('nodes are described with the same settings, and scaled with the same messages', async () => {
    await serveBoth('globals');
    for (const node of ['globals__m1', 'globals__first']) {
      const { here, there } = await manage('GET', `/models/${node}`);
      expect(masked(here)).toEqual(masked(there));
    }
    const scaled = await manage('PUT', '/models/globals__m1?min_worker=3&synchronous=true');
    expect(scaled.here).toEqual(scaled.there);
    expect(scaled.here.status).toBe(200);
    const { here, there } = await predict('globals');
    expect(here).toEqual(there);
    const removed = await manage('DELETE', '/workflows/globals');
    expect(removed.here).toEqual(removed.there);
  }, 120_000);

  test.for(Object.entries(unsound))(
    'neither server accepts the workflow "%s", and `mar validate` finds what the archive alone shows',
    async ([name, { rule }]) => {
      const { here, there } = await manage('POST', `/workflows?url=${name}.war`);
      const [ourError, theirError] = [here, there].map(({ body }) => JSON.parse(body) as Record<string, string>);
      // Upstream calls a specification that is no YAML its own failure.
      const status = name === 'noyaml' ? 400 : there.status;
      expect([here.status, ourError?.type]).toEqual([status, theirError?.type]);
      expect(ourError?.message?.slice(0, theirError?.message?.length)).toBe(theirError?.message);
      const archive = join(folder, 'store', `${name}.war`);
      const { findings } = await validate({ path: archive }, testContext(folder));
      expect(findings.map((finding) => finding.rule)).toEqual(rule === undefined ? [] : [rule]);
    },
  );
});
