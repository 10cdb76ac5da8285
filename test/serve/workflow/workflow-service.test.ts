import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServeOptions } from '../../../src/commands/serve/serve.ts';
import { makeWar, type WarContent } from '../../support/make-war.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { makeModel, startServer, type TestServer } from '../serving.ts';

/** Answers with the model's name, and what came in: enough to see who was asked with what. */
const shout = `
export default {
  handle(rows, context) {
    return rows.map((row) => {
      const text = (value) => (typeof value === 'string' ? value : Buffer.from(value).toString());
      return Object.keys(row).map((key) => key + ':' + text(row[key]).toUpperCase()).join(' ');
    });
  },
};
`;

/** Functions by the names of nodes; each takes the rows of a batch and gives one answer a row. */
const functions = `
import { readFileSync, writeFileSync } from 'node:fs';
const text = (value) => Buffer.from(value).toString();
const seen = (row) => Object.keys(row).map((key) => key + '=' + text(row[key])).join('&');
export const first = (rows) => rows.map((row) => text(row.body) + '!');
export const left = (rows) => rows.map((row) => ({ left: text(row.body), one: 1 }));
export const right = (rows) => rows.map((row) => '{"right": 1.0, "list": [], "none": {}}');
export const join = (rows) => rows.map(seen);
export const header = (rows, context) => rows.map((_, i) => context.requestHeader(i, 'X-Colour'));
export const words = (rows) => rows.map(() => 'no JSON');
export const refuse = (rows, context) => { context.setResponseStatus(0, 418); return ['short and stout']; };
export const slow = async (rows) => { await new Promise((done) => setTimeout(done, 600)); return rows.map(() => 'late'); };
export const flaky = (rows) => {
  const file = text(rows[0].body).replace('!', '');
  let tries = 0;
  try { tries = Number(readFileSync(file, 'utf8')); } catch {}
  writeFileSync(file, String(tries + 1));
  if (tries < 2) throw new Error('not yet');
  return rows.map(() => 'after ' + tries + ' failures');
};
`;

async function serveWorkflow(war: WarContent, options: ServeOptions = {}): Promise<TestServer> {
  const folder = await tempTree();
  await makeModel(folder, { name: 'shout', code: shout });
  await makeWar(join(folder, 'wf.war'), { handler: ['wf.mjs', functions], ...war });
  return startServer([], { modelStore: folder, workflows: ['wf.war'], ...options });
}

const ask = ({ handle }: TestServer, body: string, headers: Record<string, string> = {}) =>
  fetch(`${handle.urls.inference}/wfpredict/wf`, { method: 'POST', body: Buffer.from(body), headers });

const call = async ({ handle }: TestServer, method: string, path: string): Promise<[number, unknown]> => {
  const response = await fetch(`${handle.urls.management}${path}`, { method });
  return [response.status, await response.json()];
};

const modelStep = 'models:\n  m1:\n    url: shout-1.0.mar\n';
const noModels = 'models: {}\n';

test('a sequence of function and model answers with the bytes of the last node', async () => {
  const server = await serveWorkflow({ spec: `${modelStep}dag:\n  first: [m1]\n` });
  const response = await ask(server, 'hello');
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/json',
    'body:HELLO!',
  ]);
  expect(server.handle.workflows).toEqual(['wf']);
});

test('a node with several parents gets a parameter named after each', async () => {
  const server = await serveWorkflow({
    spec: `${noModels}dag:\n  first: [left, right]\n  right: [join]\n  left: [join]\n`,
  });
  const text = await (await ask(server, 'x')).text();
  expect(text).toBe('right={"right": 1.0, "list": [], "none": {}}&left={\n  "left": "x!",\n  "one": 1\n}');
});

test('several last nodes are one JSON object, in which numbers keep their digits', async () => {
  const server = await serveWorkflow({ spec: `${noModels}dag:\n  first: [left, right]\n` });
  expect(await (await ask(server, 'x')).text()).toBe(`{
  "left": {
    "left": "x!",
    "one": 1
  },
  "right": {
    "right": 1.0,
    "list": [],
    "none": {}
  }
}
`);
});

test('one of several last nodes that answers no JSON is reported', async () => {
  const server = await serveWorkflow({ spec: `${noModels}dag:\n  first: [left, words]\n` });
  const response = await ask(server, 'x');
  expect([response.status, await response.json()]).toMatchObject([
    500,
    { type: 'InternalServerException', message: expect.stringContaining('The answer of words is not JSON') },
  ]);
});

test('the client’s headers reach every node', async () => {
  const server = await serveWorkflow({ spec: `${noModels}dag:\n  first: [header]\n` });
  expect(await (await ask(server, 'x', { 'X-Colour': 'blue' })).text()).toBe('blue');
});

test('a failing node is retried as often as its settings allow', async () => {
  const counter = join(await tempTree(), 'tries');
  const server = await serveWorkflow({ spec: 'models:\n  retry-attempts: 2\ndag:\n  first: [flaky]\n' });
  expect(await (await ask(server, counter)).text()).toBe('after 2 failures');
});

test('a node out of retries is a 500 with its name, the attempts and the reason', async () => {
  const server = await serveWorkflow({ spec: `${noModels}dag:\n  first: [refuse]\n  refuse: [join]\n` });
  const response = await ask(server, 'x');
  expect([response.status, await response.json()]).toEqual([
    500,
    {
      code: 500,
      type: 'InternalServerException',
      message: 'Error executing refuse. Tried 2 times; the last time: It answered with status 418: short and stout',
    },
  ]);
});

test('a node slower than timeout-ms fails', async () => {
  const server = await serveWorkflow({
    spec: 'models:\n  timeout-ms: 100\n  retry-attempts: 0\ndag:\n  first: [slow]\n',
  });
  const response = await ask(server, 'x');
  expect([response.status, await response.json()]).toMatchObject([
    500,
    { message: 'Error executing slow. Tried once: The node slow did not answer within 100 ms.' },
  ]);
});

test('nodes are models named by workflow and node, with the settings of the specification; functions are not listed', async () => {
  const server = await serveWorkflow({
    spec: 'models:\n  max-workers: 2\n  m1:\n    url: shout-1.0.mar\n    batch-size: 4\n  batch-size: 8\ndag:\n  first: [m1]\n',
  });
  expect((await call(server, 'GET', '/models'))[1]).toEqual({
    models: [{ modelName: 'wf__m1', modelUrl: 'shout-1.0.mar' }],
  });
  const [, described] = await call(server, 'GET', '/models/wf__m1');
  expect(described).toMatchObject([{ batchSize: 4, maxBatchDelay: 50, maxWorkers: 2, workers: [{}, {}] }]);
  const [, functionNode] = await call(server, 'GET', '/models/wf__first');
  expect(functionNode).toMatchObject([{ modelVersion: '1.0', batchSize: 1, maxWorkers: 1 }]);
  expect(functionNode).not.toMatchObject([{ modelUrl: expect.anything() }]);
  expect(await call(server, 'GET', '/workflows/wf')).toEqual([
    200,
    [
      {
        workflowName: 'wf',
        workflowUrl: 'wf.war',
        minWorkers: 1,
        maxWorkers: 2,
        batchSize: 8,
        maxBatchDelay: 50,
        workflowDag: '{first=[m1]}',
      },
    ],
  ]);
});

test('a node gets the larger number of min-workers and max-workers', async () => {
  const server = await serveWorkflow({
    spec: 'models:\n  m1: { url: shout-1.0.mar, min-workers: 2, max-workers: 1 }\ndag:\n  first: [m1]\n',
  });
  expect((await call(server, 'GET', '/models/wf__m1'))[1]).toMatchObject([{ workers: [{}, {}] }]);
});

test('a workflow is registered over HTTP under a given name, listed in pages, unregistered with all its nodes', async () => {
  const server = await serveWorkflow({ spec: `${modelStep}dag:\n  first: [m1]\n` }, { enableModelApi: true });
  expect(await call(server, 'POST', '/workflows?url=wf.war&workflow_name=again')).toEqual([
    200,
    { status: 'Workflow again has been registered and scaled successfully.' },
  ]);
  expect(await call(server, 'GET', '/workflows?limit=1')).toEqual([
    200,
    { nextPageToken: '1', workflows: [{ workflowName: 'again', workflowUrl: 'wf.war' }] },
  ]);
  expect(await call(server, 'DELETE', '/workflows/wf')).toEqual([200, { status: 'Workflow "wf" unregistered' }]);
  expect((await call(server, 'GET', '/models'))[1]).toMatchObject({ models: [{ modelName: 'again__m1' }] });
  expect((await ask(server, 'x')).status).toBe(404);
});

test('enable_model_api applies to workflows too', async () => {
  const server = await serveWorkflow({ spec: `${noModels}dag:\n  first: []\n` });
  expect((await call(server, 'POST', '/workflows?url=wf.war&workflow_name=b'))[0]).toBe(405);
  expect((await call(server, 'DELETE', '/workflows/wf'))[0]).toBe(405);
});

test('a workflow whose node cannot start leaves nothing behind, and the error names node and reason', async () => {
  const spec = 'models:\n  m1: { url: gone.mar }\ndag:\n  first: [m1]\n';
  const server = await serveWorkflow({ spec }, { enableModelApi: true, workflows: [] });
  const message =
    'Workflow wf has failed to register. Failures: [Workflow Node wf__m1 failed to register. Details: Model not found at: gone.mar]';
  expect(await call(server, 'POST', '/workflows?url=wf.war')).toEqual([
    500,
    { code: 500, type: 'WorkflowException', message },
  ]);
  expect(await call(server, 'GET', '/workflows')).toEqual([200, { workflows: [] }]);
  expect((await call(server, 'GET', '/models/wf__first'))[0]).toBe(404);
});

test.for([
  ['a self loop', 'dag:\n  a: [a]\n', 'InvalidDAGException', 'Self loop exception: a comes after itself'],
  ['an edge twice', 'dag:\n  a: [b, b]\n', 'InvalidDAGException', 'loop exception: a → b occurs twice'],
  [
    'two starts',
    'dag:\n  a: [c]\n  b: [c]\n',
    'InvalidDAGException',
    'DAG should have only one start node: a, b have no node before them',
  ],
  ['a circle', 'dag:\n  s: [a]\n  a: [b]\n  b: [a]\n', 'InvalidDAGException', 'Not a valid DAG: a, b form a cycle'],
  ['no YAML', 'dag: [', 'InvalidWorkflowException', 'Failed to parse yaml. '],
] as const)('%s is refused in upstream’s words', async ([, dag, type, message]) => {
  const server = await serveWorkflow({ spec: `${noModels}${dag}` }, { enableModelApi: true, workflows: [] });
  const [status, body] = await call(server, 'POST', '/workflows?url=wf.war');
  expect([status, body]).toMatchObject([400, { type, message: expect.stringContaining(message) }]);
});

test('a stopping server finishes in-flight workflow requests', async () => {
  const server = await serveWorkflow({ spec: `${noModels}dag:\n  first: [slow]\n  slow: [join]\n` });
  const answering = ask(server, 'x').then((response) => response.text());
  await expect.poll(() => isAtWork(server)).toBe(true);
  await server.handle.close();
  expect(await answering).toBe('body=late');
});

/** The first node has answered, so the slow one has begun. */
async function isAtWork({ handle }: TestServer): Promise<boolean> {
  const metrics = await (await fetch(`${handle.urls.metrics}/metrics`)).text();
  return /ts_inference_requests_total\{[^}]*model_name="wf__first"/.test(metrics);
}
