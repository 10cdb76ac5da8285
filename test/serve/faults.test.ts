import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { makeGate, startServer } from './serving.ts';

const workerDied = (response: Response) => response.json() as Promise<{ code: number; type: string; message: string }>;

test('a handler that throws fails only its own request, also in a batch', async () => {
  const { predict } = await startServer([{ config: 'batchSize: 8\nmaxBatchDelay: 100\n' }]);
  const kinds = ['str', 'raise', 'str', 'raise', 'uni'];
  const responses = await Promise.all(kinds.map((kind) => predict('kinds', kind)));
  expect(responses.map(({ status }) => status)).toEqual([200, 503, 200, 503, 200]);
  expect(await responses[4]?.text()).toBe('héllo');
});

test('killing a worker fails only its running request, with the cause, and the worker restarts', async () => {
  const { predict, context, get } = await startServer([{}]);
  const pid = Number(await (await predict('kinds', 'pid')).text());
  const running = predict('kinds', 'sleep');
  const waiting = predict('kinds', 'str');
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(1);
  process.kill(pid, 'SIGKILL');
  const [killed, next] = await Promise.all([running, waiting]);
  expect(killed.status).toBe(500);
  expect(await workerDied(killed)).toMatchObject({
    code: 500,
    type: 'InternalServerException',
    message: expect.stringMatching(/^Worker died\. Cause: it was ended by SIGKILL\./),
  });
  // The request that waited behind it is answered by the restarted worker.
  expect([next.status, await next.text()]).toEqual([200, 'hello']);
  expect(Number(await (await predict('kinds', 'pid')).text())).not.toBe(pid);
  expect(context.messages().join('\n')).toContain('ended by SIGKILL');
});

test('the error of a worker that exits has the cause; its last output is only in the log', async () => {
  const { predict, context } = await startServer([{}]);
  const error = await workerDied(await predict('kinds', 'exit'));
  expect(error.message).toContain('exited with code 3');
  const output = 'the last words of this worker';
  expect(error.message).not.toContain(output);
  expect(context.messages().join('\n')).toContain(output);
});

test('a worker that misses the response timeout is killed, and the model answers again', async () => {
  const { predict } = await startServer([{ config: 'responseTimeout: 1\n' }]);
  const pid = Number(await (await predict('kinds', 'pid')).text());
  const error = await workerDied(await predict('kinds', 'sleep'));
  expect(error).toMatchObject({ code: 500, message: expect.stringContaining('no answer within 1 s') });
  expect(isRunning(pid)).toBe(false);
  expect((await predict('kinds', 'str')).status).toBe(200);
});

test('a full queue answers 503 with Retry-After at once, while the worker still runs', async () => {
  const { predict, get } = await startServer([{ config: 'jobQueueSize: 1\n' }]);
  const gate = await makeGate();
  const running = predict('kinds', 'gated', gate.path);
  await gate.begun();
  const waiting = predict('kinds', 'str');
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(1);
  const refused = await Promise.all(['str', 'str', 'str'].map((kind) => predict('kinds', kind)));
  expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(Array(3).fill([503, '1']));
  expect(await refused[0]?.json()).toMatchObject({
    type: 'ServiceUnavailableException',
    message: expect.stringMatching(/^Model "kinds" has no worker/),
  });
  await gate.open();
  expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
});

test('a queued request is answered 408 after clientTimeoutInMills', async () => {
  const { predict } = await startServer([{ config: 'clientTimeoutInMills: 200\n' }]);
  const gate = await makeGate();
  const running = predict('kinds', 'gated', gate.path);
  await gate.begun();
  const expired = await predict('kinds', 'str');
  expect([expired.status, await expired.text()]).toEqual([408, expect.stringContaining('longer than 200 ms')]);
  await gate.open();
  expect((await running).status).toBe(200);
});

test('a queued request is cancelled when its client disconnects', async () => {
  const { handle, predict, get } = await startServer([{}]);
  const pid = Number(await (await predict('kinds', 'pid')).text());
  const running = predict('kinds', 'sleep');
  const staying = predict('kinds', 'str');
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(1);
  const leaving = new AbortController();
  const gone = Array.from({ length: 5 }, () =>
    fetch(`${handle.urls.inference}/predictions/kinds`, {
      headers: { 'x-kind': 'sleep' },
      signal: leaving.signal,
    }).catch(() => 'gone'),
  );
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(6);
  leaving.abort();
  await Promise.all(gone);
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(1);
  process.kill(pid, 'SIGKILL');
  expect([(await running).status, (await staying).status].sort()).toEqual([200, 500]);
});

test('closing finishes running requests and leaves no process and no file', async () => {
  const before = await ourFolders();
  const { handle, predict, get } = await startServer([{}, { name: 'second' }]);
  const pids = [
    Number(await (await predict('kinds', 'pid')).text()),
    Number(await (await predict('second', 'pid')).text()),
  ];
  expect(pids.every(isRunning)).toBe(true);
  const gate = await makeGate();
  const running = predict('kinds', 'gated', gate.path);
  await gate.begun();
  const waiting = predict('kinds', 'str');
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(1);
  const closing = handle.close();
  await gate.open();
  await closing;
  await handle.closed;
  expect((await waiting).status).toBe(200);
  const response = await running;
  expect([response.status, await response.text()]).toEqual([200, 'let through']);
  expect(pids.some(isRunning)).toBe(false);
  expect(await ourFolders()).toEqual(before);
  await expect(fetch(`${handle.urls.inference}/ping`)).rejects.toThrow();
});

test('closing kills a handler that outlasts the grace period', async () => {
  const { handle, predict, get } = await startServer([{}], { grace: 0.2 });
  const pid = Number(await (await predict('kinds', 'pid')).text());
  const running = predict('kinds', 'sleep');
  const waiting = predict('kinds', 'str');
  await expect.poll(async () => (await describe(get)).jobQueueStatus.pendingRequests).toBe(1);
  await handle.close();
  expect([(await running).status, (await waiting).status].sort()).toEqual([500, 503]);
  expect(isRunning(pid)).toBe(false);
});

interface Description {
  readonly workers: readonly { readonly pid: number; readonly status: string }[];
  readonly jobQueueStatus: { readonly pendingRequests: number };
}

async function describe(get: (path: string) => Promise<Response>): Promise<Description> {
  const [model] = (await (await get('/models/kinds')).json()) as Description[];
  if (model === undefined) throw new Error('not described');
  return model;
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) || canSignal(pid);
}

function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const ourFolders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('tsma-serve-'));
