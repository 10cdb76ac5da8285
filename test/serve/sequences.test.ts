/** Models that keep state: what belongs together comes to one worker, in order, over HTTP (contract 2.4, 3.3). */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startServer } from './serving.ts';

/** Adds up what each sequence sends, and says in which process. */
const CODE = `
const sums = new Map();
export default {
  async handle(rows, context) {
    if (rows.some(({ body }) => String(body) === 'die')) process.exit(1);
    await new Promise((resolve) => setTimeout(resolve, rows.some(({ body }) => String(body) === 'slow') ? 500 : 5));
    return rows.map(({ body }, index) => {
      const id = context.sequenceId(index);
      if (String(body) === 'fail') throw new Error('as asked');
      sums.set(id, (sums.get(id) ?? 0) + Number(String(body)));
      context.setResponseHeader(index, 'X-Sequence', id);
      if (String(body) === '0') context.setResponseHeader(index, 'ts_request_sequence_end', 'other; ' + id);
      return { sum: sums.get(id), pid: process.pid, batch: rows.length };
    });
  },
};`;

async function start(config: string, properties = '') {
  const server = await startServer(
    [{ name: 'm', code: CODE, config: `sequenceBatching: true\n${config}` }],
    { tsConfig: 'c.properties' },
    { 'c.properties': properties },
  );
  const url = `${server.handle.urls.inference}/predictions/m`;
  const send = (id: string | undefined, body: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...(id && { ts_request_sequence_id: id }), ...headers },
      body,
    });
  const sum = async (id: string, body: string, headers = {}) =>
    (await (await send(id, body, headers)).json()) as { sum: number; pid: number; batch: number };
  return { ...server, send, sum };
}

const TWO = 'minWorkers: 2\nmaxWorkers: 2\nsequenceMaxIdleMSec: 5000\nmaxSequenceJobQueueSize: 10\nmaxBatchDelay: 20\n';

test('eight concurrent sequences over two workers: each has its own sums, in order, in one process', async () => {
  const { sum } = await start(`${TWO}batchSize: 4\nmaxNumSequence: 8\n`);
  const run = async (id: string, step: number) => {
    const answers = [];
    for (let turn = 0; turn < 6; turn++) answers.push(await sum(id, String(step)));
    expect(answers.map((answer) => answer.sum)).toEqual([1, 2, 3, 4, 5, 6].map((turn) => turn * step));
    const pids = new Set(answers.map(({ pid }) => pid));
    expect(pids.size).toBe(1);
    return { pid: [...pids][0], batch: Math.max(...answers.map(({ batch }) => batch)) };
  };
  const runs = await Promise.all(Array.from({ length: 8 }, (_, index) => run(`s${index}`, index + 1)));
  expect(new Set(runs.map(({ pid }) => pid)).size).toBe(2);
  expect(Math.max(...runs.map(({ batch }) => batch))).toBeGreaterThan(1);
});

test('concurrent requests of one sequence run one after the other, in the order of their arrival', async () => {
  const { sum } = await start(`${TWO.replace('maxBatchDelay: 20', 'maxBatchDelay: 1')}batchSize: 4\n`);
  const answers = [];
  for (let turn = 0; turn < 5; turn++) {
    answers.push(sum('a', '1'));
    await pause(2);
  }
  const all = await Promise.all(answers);
  expect(all.map((answer) => answer.sum)).toEqual([1, 2, 3, 4, 5]);
  expect(all.every(({ batch }) => batch === 1)).toBe(true);
});

test('too many sequences, or too many requests of one, are a 503 with TorchServe’s message', async () => {
  const { send } = await start('sequenceMaxIdleMSec: 300\nmaxNumSequence: 2\nmaxSequenceJobQueueSize: 1\n');
  expect((await send('a', '1')).status).toBe(200);
  expect((await send('b', '1')).status).toBe(200);
  const third = await send('c', '1');
  expect(third.status).toBe(503);
  expect(await third.json()).toMatchObject({
    message: expect.stringContaining('please check if it is closed, or expired; or exceeds maxSequenceJobQueueSize'),
  });
  const slow = send('a', 'slow');
  await pause(100);
  const burst = await Promise.all([slow, ...[1, 2, 3, 4].map(() => send('a', '1'))]);
  expect(burst.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503, 503]);
  await pause(400);
  expect((await send('c', '1')).status).toBe(200);
});

test('a sequence ends when its client or its handler ends it', async () => {
  const { send } = await start('sequenceMaxIdleMSec: 60000\nmaxNumSequence: 1\n');
  expect((await send('a', '1')).status).toBe(200);
  expect((await send('b', '1')).status).toBe(503);
  expect((await send('a', '1', { ts_request_sequence_end: 'true' })).status).toBe(200);
  expect((await send('b', '1')).status).toBe(200);
  expect((await send('b', '0')).status).toBe(200);
  expect((await send('c', '1')).status).toBe(200);
});

test('a request without an id starts a sequence, and its handler gets the id', async () => {
  const { send, sum } = await start('sequenceMaxIdleMSec: 5000\nmaxNumSequence: 2\n');
  const first = await send(undefined, '3');
  const id = first.headers.get('x-sequence') ?? '';
  expect(id).toMatch(/^ts-seq-[0-9a-f-]{36}$/);
  expect((await sum(id, '4')).sum).toBe(7);
});

test('the header names are those of the configuration, for workers too', async () => {
  const { send } = await start(
    'sequenceMaxIdleMSec: 5000\nmaxNumSequence: 1\n',
    'ts_header_key_sequence_id=X-My-Id\nts_header_key_sequence_end=X-My-End\n',
  );
  const one = await send(undefined, '1', { 'x-my-id': 'mine', 'x-my-end': 'TRUE' });
  expect(one.headers.get('x-sequence')).toBe('mine');
  expect((await send(undefined, '1', { 'X-MY-ID': 'next' })).status).toBe(200);
});

test('a worker that dies loses its sequences: they are refused until they are started again', async () => {
  const { send, sum } = await start('sequenceMaxIdleMSec: 60000\nmaxNumSequence: 4\nmaxSequenceJobQueueSize: 4\n');
  expect((await sum('a', '5')).sum).toBe(5);
  const [dead, behind] = await Promise.all([send('b', 'die'), pause(20).then(() => send('a', '1'))]);
  expect([dead.status, behind.status]).toEqual([500, 503]);
  await expect.poll(async () => (await send('c', '1')).status, { timeout: 10_000 }).toBe(200);
  expect((await send('a', '1')).status).toBe(503);
  expect((await sum('a', '1', { ts_request_sequence_start: 'true' })).sum).toBe(1);
  expect((await sum('a', '1')).sum).toBe(2);
});

test('a failed batch is not retried, because it may have changed the state', async () => {
  const { send, sum } = await start('batchSize: 2\nsequenceMaxIdleMSec: 5000\nmaxNumSequence: 4\nmaxBatchDelay: 500\n');
  const [good, bad] = await Promise.all([send('a', '1'), pause(50).then(() => send('b', 'fail'))]);
  expect([good.status, bad.status]).toEqual([503, 503]);
  expect((await sum('a', '1')).sum).toBe(2);
});

test('describe shows the limits', async () => {
  const { get } = await start(
    'maxNumSequence: 9\nsequenceMaxIdleMSec: 70\nsequenceTimeoutMSec: 80\nmaxSequenceJobQueueSize: 6\n',
  );
  const [model] = (await (await get('/models/m')).json()) as Record<string, unknown>[];
  expect(model).toMatchObject({
    stateful: true,
    sequenceMaxIdleMSec: 70,
    sequenceTimeoutMSec: 80,
    maxNumSequence: 9,
    maxSequenceJobQueueSize: 6,
  });
});

/** Streams until a later request of the sequence says "stop". */
const STREAMING = `
const stopped = new Set();
const streaming = new Map();
export default {
  async handle(rows, context) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const [index, { body }] of rows.entries()) if (String(body) === 'stop') stopped.add(context.sequenceId(index));
    return rows.map(({ body }, index) => {
      const id = context.sequenceId(index);
      if (body !== undefined && String(body) !== 'stream') return String(body) + process.pid;
      if (!stopped.has(id)) context.setResponseHeader(index, 'ts_stream_next', 'true');
      return '.' + process.pid + ' ';
    });
  },
};`;

test('with continuousBatching a request of a sequence runs beside a stream of it, in the process that has its state', async () => {
  const config = `sequenceBatching: true\ncontinuousBatching: true\nbatchSize: 1\n${TWO}`;
  const { handle, get } = await startServer([{ name: 'm', code: STREAMING, config }]);
  const send = async (id: string, body: string) => {
    const headers = { 'content-type': 'application/octet-stream', ts_request_sequence_id: id };
    const answer = await fetch(`${handle.urls.inference}/predictions/m`, { method: 'POST', headers, body });
    return { status: answer.status, text: () => answer.text() };
  };
  const streams = await Promise.all(['a', 'b'].map((id) => send(id, 'stream')));
  const stops = await Promise.all(['a', 'b'].map(async (id) => (await send(id, 'stop')).text()));
  const pids = stops.map((text) => text.replace('stop', ''));
  const parts = await Promise.all(streams.map(async ({ text }) => (await text()).trim().split(' ')));
  expect(parts.map((each) => [...new Set(each)])).toEqual(pids.map((pid) => [`.${pid}`]));
  expect(new Set(pids).size).toBe(2);
  expect(await (await get('/models/m')).json()).toMatchObject([{ continuousBatching: true, stateful: true }]);
});

test('settings that have no effect are named once, when the model is registered', async () => {
  const config = 'minWorkers: 2\nmaxWorkers: 2\nasyncCommunication: true\nparallelType: tp\nuseVenv: false\n';
  const { context } = await startServer([{ name: 'm', config }]);
  const said = context.messages().filter((message) => message.startsWith('Settings of m that have no effect here: '));
  expect(said).toEqual([
    expect.stringMatching(/asyncCommunication \(.*; parallelType \(a model runs in one process\)\.$/),
  ]);
});

test('with job tickets a request is taken by an idle worker or refused', async () => {
  const code =
    'export default { handle: (rows) => new Promise((done) => setTimeout(() => done(rows.map(() => "ok")), 300)) };';
  const { predict, get } = await startServer([{ name: 'm', code, config: 'useJobTicket: true\n' }]);
  const statuses = await Promise.all([1, 2, 3].map(async () => (await predict('m', '')).status));
  expect(statuses.sort()).toEqual([200, 503, 503]);
  expect((await predict('m', '')).status).toBe(200);
  expect(await (await get('/models/m')).json()).toMatchObject([{ useJobTicket: true }]);
});
