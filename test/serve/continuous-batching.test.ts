/** Continuous batching over HTTP (contract 2.4): requests join a batch that runs, and leave it one by one. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startServer } from './serving.ts';

/** Answers `n` with its first n letters, one a step; a step takes 30 ms. It keeps what is left by the request's id. */
const CODE = `
const left = new Map();
let steps = 0;
export default {
  async handle(rows, context) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    steps++;
    return rows.map((row, index) => {
      const id = context.requestIds[index];
      const text = row.body === undefined ? undefined : String(row.body);
      if (text === 'fail') throw new Error('as asked');
      if (text === 'die') process.exit(1);
      if (text === 'left') return String(left.size);
      const count = text === undefined ? left.get(id) : Number(text);
      if (text === undefined && count === undefined) throw new Error('a body is sent once');
      if (text !== undefined && left.has(id)) throw new Error('a body is sent once');
      left.set(id, count - 1);
      if (count === 1) left.delete(id);
      else context.setResponseHeader(index, 'ts_stream_next', 'true');
      return rows.length + ':' + steps + ' ';
    });
  },
};`;
const CONFIG = 'continuousBatching: true\nbatchSize: 2\nmaxBatchDelay: 1\nminWorkers: 1\nmaxWorkers: 1\n';

async function start() {
  const server = await startServer([{ name: 'm', code: CODE, config: CONFIG }]);
  const url = `${server.handle.urls.inference}/predictions/m`;
  const send = (body: string, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body,
      ...(signal && { signal }),
    });
  /** `size:step` of every part. */
  const parts = async (body: string) => (await (await send(body)).text()).trim().split(' ');
  return { ...server, send, parts };
}

test('a request joins the running batch, and takes the slot of a finished one', async () => {
  const { parts, get } = await start();
  const long = parts('12');
  await pause(80);
  const [short, last] = await Promise.all([parts('3'), pause(10).then(() => parts('2'))]);
  const all = await long;
  expect([all.length, short.length, last.length]).toEqual([12, 3, 2]);
  // Alone first, then with the short one, then with the last one, then alone again: every step is another part of each.
  const steps = (answer: readonly string[]) => answer.map((part) => Number(part.split(':')[1]));
  expect(steps(all)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  expect(steps(last)[0]).toBe((steps(short).at(-1) ?? 0) + 1);
  expect(Math.max(...[...all, ...short, ...last].map((part) => Number(part.split(':')[0])))).toBe(2);
  expect(all.at(-1)).toBe('1:12');
  const described = (await (await get('/models/m')).json()) as Record<string, unknown>[];
  expect(described[0]).toMatchObject({ continuousBatching: true, jobQueueStatus: { pendingRequests: 0 } });
});

test('parts are streamed as they are produced', async () => {
  const { send } = await start();
  const answer = await send('3');
  const pieces: string[] = [];
  const decoder = new TextDecoder();
  for await (const piece of answer.body ?? []) pieces.push(decoder.decode(piece));
  expect(pieces).toEqual(['1:1 ', '1:2 ', '1:3 ']);
});

test('a client that disconnects frees its slot: its request is no longer sent to the worker', async () => {
  const { send, parts } = await start();
  const controller = new AbortController();
  const gone = await send('1000', controller.signal);
  controller.abort();
  await expect(gone.text()).rejects.toThrow();
  await expect.poll(async () => (await parts('1'))[0]?.split(':')[0]).toBe('1');
});

test('a failing step fails its requests, and later ones run', async () => {
  const { send, parts } = await start();
  const [one, two] = await Promise.all([send('fail'), pause(0).then(() => send('fail'))]);
  expect([one.status, two.status]).toEqual([503, 503]);
  expect(await parts('2')).toHaveLength(2);
});

test('a worker that dies fails its requests, and is restarted', async () => {
  const { send, parts } = await start();
  expect((await send('die')).status).toBe(500);
  await expect.poll(async () => (await parts('2')).length, { timeout: 10_000 }).toBe(2);
});
